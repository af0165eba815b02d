"""Names of things that are really there, so that not every request ends at the first look-up."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from buf.validate import validate_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

_KEPT = 40
_FIXED = {
    "content_type": ("image/jpeg", "image/png", "", "video/mp4", "application/octet-stream"),
    "cue": ("face_spatial", "noise_residual", "region_consistency"),
    "filter": ("", "done = true", "done = false"),
    "language": ("en", "de", "en-GB"),
    "notify_url": ("", "https://hooks.example.org/x"),
}
_ASSETS = ("page.js", "openapi.json", "icon.svg")
# Of fields whose contract has no pattern.
_PATTERNS = {"Feedback": "/feedback$", "ListOperationsRequest": "^operations$"}


class Names:
    """Remembers the newest ones of each kind.

    Attributes:
        FIELDS: fields of requests that hold names, or what a request is about.
    """

    FIELDS: ClassVar = ("name", "media", "parent", "secret", "cue", "requests", "feedback", "truth", "file")

    def __init__(self) -> None:
        self._known: dict[str, deque[str]] = {}

    def learn(self, answer: Message) -> None:
        """Takes what an answer names."""
        found: Any = answer
        for field in ("name", "media", "secret", "next_page_token"):
            value = getattr(found, field, "")
            if isinstance(value, str) and value:
                self._note("page_token" if field == "next_page_token" else field, value)
        for nested in (*getattr(found, "maps", ()), *getattr(found, "operations", ())):
            self._note("name", nested.name)

    def known(self, field: FieldDescriptor) -> Sequence[str]:
        """What could stand in a field."""
        if field.name in ("name", "media", "parent"):
            wanted = field.GetOptions().Extensions[validate_pb2.field].string.pattern
            pattern = wanted or _PATTERNS.get(field.containing_type.name, "^operations/")
            return [name for name in self._all_names() if re.search(pattern, name)]
        if field.name == "page_token":
            return ["", *self._known.get(field.name, ())]
        return _FIXED.get(field.name) or tuple(self._known.get(field.name, ()))

    def _all_names(self) -> Iterator[str]:
        yield from (*_ASSETS, "operations")
        for name in {*self._known.get("name", ()), *self._known.get("media", ())}:
            yield name
            if re.fullmatch("(analyses|operations)/[^/]+", name):
                yield name.replace("analyses", "operations")
                yield name.replace("operations", "analyses")
                yield name.replace("operations", "analyses") + "/feedback"

    def _note(self, kind: str, value: str) -> None:
        known = self._known.setdefault(kind, deque(maxlen=_KEPT))
        if value not in known:
            known.append(value)
