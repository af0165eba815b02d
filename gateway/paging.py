"""Pages of a list that is sorted by id, newest first.

A page token holds the last id seen, and by which search: with another search it would lead somewhere into the middle. To callers
it is opaque.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from gateway.ids import id_in
from kit.errors import InvalidRequest

DEFAULT_SIZE, MAX_SIZE = 50, 200
MAX_PAGE_BYTES = 3 * 2**20
"""Most bytes of one page: a gRPC message of ours has 4 MiB at most."""

_TOKEN = re.compile(r"1:([a-z0-9]{26})(?::([0-9a-f]{16}))?")


@dataclass(frozen=True)
class Page:
    """Which part of a list is wanted.

    Attributes:
        size: most items.
        before: only ids that sort before this one; None from the newest on.
        search_digest: of the search that the list is narrowed down by; "" when it is not.
    """

    size: int
    before: str | None = None
    search_digest: str = ""


def page(size: int, token: str, search_digest: str = "") -> Page:
    """The page that a request asks for; a size of 0 means the default, and one above `MAX_SIZE` that.

    Raises:
        InvalidRequest: the size is below 0; the token is not ours, or of another search.
    """
    # Not every contract has rules: that of google.longrunning is not ours.
    if size < 0:
        raise InvalidRequest("page_size is below 0; send how many you want at most, or none")
    size = min(size or DEFAULT_SIZE, MAX_SIZE)
    if not token:
        return Page(size, None, search_digest)
    try:
        text = base64.urlsafe_b64decode(token.encode()).decode("ascii")
    except (binascii.Error, UnicodeError):
        text = ""
    match = _TOKEN.fullmatch(text)
    if match is None:
        raise InvalidRequest("page_token is not one of ours; send next_page_token of the answer before, or none")
    if (match[2] or "") != search_digest:
        raise InvalidRequest("page_token is of another search; begin this one without a token")
    return Page(size, match[1], search_digest)


def token_after(last_id: str, search_digest: str = "") -> str:
    """The token that asks for what follows `last_id`."""
    text = f"1:{last_id}:{search_digest}" if search_digest else f"1:{last_id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


class Listed(Protocol):
    """A resource in a list."""

    name: str

    def ByteSize(self) -> int:  # noqa: N802 - protobuf's name
        """Length of the message in bytes."""
        ...


Item = TypeVar("Item", bound=Listed)


def cut(items: Sequence[Item], page: Page, max_bytes: int = MAX_PAGE_BYTES) -> tuple[Sequence[Item], str]:
    """The page out of up to size + 1 items, and the token of the next one ("" on the last).

    A page ends early when more would not fit into a message; it holds one item at least.
    """
    kept, used_bytes = 0, 0
    for item in items[: page.size]:
        used_bytes += item.ByteSize()
        if kept and used_bytes > max_bytes:
            break
        kept += 1
    more = kept < len(items)
    return items[:kept], token_after(id_in(items[kept - 1].name), page.search_digest) if more else ""
