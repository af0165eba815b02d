"""EBML elements (RFC 8794), the grammar of Matroska and WebM."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from metadata_svc.reading.window import Window, number

MAX_ELEMENTS = 4000


@dataclass(frozen=True)
class Element:
    """An element: its id with the marker bits, where its payload begins and ends; `sized` is cleared for one of unknown size."""

    key: int
    start: int
    end: int
    sized: bool = True

    def payload(self, window: Window, most_bytes: int = 1 << 16) -> bytes:
        """The first bytes of the payload."""
        return window.read(self.start, min(self.end - self.start, most_bytes))


def elements(window: Window, start: int, end: int, entered: frozenset[int] = frozenset()) -> Iterator[Element]:
    """The elements between two offsets; stops quietly at damage.

    An element of unknown size whose id is in `entered` is given and then walked through, its parts in one row with its peers.
    """
    for _ in range(MAX_ELEMENTS):
        head = window.read(start, 12)
        id_bytes = _width(head[:1], 4)
        size_bytes = _width(head[id_bytes : id_bytes + 1], 8) if id_bytes else 0
        if not size_bytes or start >= end:
            return
        raw = head[id_bytes : id_bytes + size_bytes]
        size, unknown = number(raw) & ((1 << 7 * size_bytes) - 1), (1 << 7 * size_bytes) - 1
        start += id_bytes + size_bytes
        key, sized = number(head[:id_bytes]), size != unknown
        yield Element(key, start, min(start + size, end) if sized else end, sized)
        if not sized and key not in entered:
            return
        start += size if sized else 0


def unsigned(raw: bytes) -> int:
    """An unsigned integer of at most 8 bytes."""
    return number(raw[:8])


def _width(first: bytes, most: int) -> int:
    """How many bytes a number takes by its first one; 0 when it is none."""
    width = 9 - first[0].bit_length() if first and first[0] else 0
    return width if width <= most else 0
