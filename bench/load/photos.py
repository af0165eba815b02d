"""As many different photos as calls: the same picture with another comment, so that no answer is found instead of made."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

_START, _COMMENT = b"\xff\xd8", b"\xff\xfe"


def photos(jpeg: bytes) -> Iterator[bytes]:
    """Endless copies of a JPEG, each with a comment of its own."""
    for number in itertools.count():
        comment = f"copy {number}".encode()
        segment = _COMMENT + (len(comment) + 2).to_bytes(2, "big") + comment
        yield _START + segment + jpeg.removeprefix(_START)
