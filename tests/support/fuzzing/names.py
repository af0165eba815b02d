"""Names of things that are really there, so that not every request ends at the first look-up."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from google.protobuf.message import Message

_KEPT = 12
_KINDS = ("media", "analyses", "operations", "contributions")


class Names:
    """Remembers the newest ones of each kind.

    Attributes:
        FIELDS: fields of requests that hold names.
    """

    FIELDS: ClassVar = ("name", "media", "parent", "secret", "cue", "requests", "feedback", "page_token", "file")

    def __init__(self) -> None:
        self._names: dict[str, deque[str]] = {}

    def learn(self, answer: Message) -> None:
        """Takes what an answer names."""
        found: Any = answer
        for field in ("name", "media", "secret", "next_page_token"):
            value = getattr(found, field, "")
            if isinstance(value, str) and value:
                self._note("secret" if field == "secret" else "page_token" if "token" in field else "name", value)
        for nested in getattr(found, "maps", ()):
            self._note("name", nested.name)

    def known(self, field: str, pattern: str) -> Sequence[str]:
        """What could stand in a field whose contract asks for a pattern (none when empty)."""
        match field:
            case "name" | "media" | "parent":
                return [name for name in self._all_names() if re.search(pattern or "^operations/", name)]
            case "cue":
                return ("face_spatial", "noise_residual", "region_consistency")
            case "language":
                return ("en", "de", "en-GB")
            case "content_type":
                return ("image/jpeg", "image/png", "", "video/mp4", "application/octet-stream")
            case _:
                return [*self._names.get(field, ())]

    def _all_names(self) -> Iterator[str]:
        for name in self._names.get("name", ()):
            yield name
            if re.fullmatch("analyses/[^/]+", name):
                yield name.replace("analyses", "operations")
                yield f"{name}/feedback"

    def _note(self, kind: str, value: str) -> None:
        known = self._names.setdefault(kind, deque(maxlen=_KEPT * len(_KINDS)))
        if value not in known:
            known.append(value)
