"""Boxes of ISO base media files (ISO/IEC 14496-12, section 4.2; QuickTime File Format)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from metadata_svc.reading.window import Window, number

MAX_BOXES = 2000


@dataclass(frozen=True)
class Box:
    """A box: its four letters, where its payload begins, where it ends; `whole` is cleared where the parent ends before it."""

    kind: str
    start: int
    end: int
    whole: bool = True

    def payload(self, window: Window, most_bytes: int) -> bytes:
        """The first bytes of the payload."""
        return window.read(self.start, min(self.end - self.start, most_bytes))


def boxes(window: Window, start: int, end: int) -> Iterator[Box]:
    """The boxes between two offsets; stops quietly where a size cannot be."""
    for _ in range(MAX_BOXES):
        head = window.read(start, 16)
        if len(head) < 8 or start + 8 > end:
            return
        size, header = number(head[:4]), 8
        if size == 1:
            size, header = number(head[8:16]), 16
        elif size == 0:
            size = end - start
        if size < header:
            return
        yield Box(head[4:8].decode("latin-1"), start + header, min(start + size, end), start + size <= end)
        start += size


def children(window: Window, box: Box, skip: int = 0) -> Iterator[Box]:
    """The boxes inside a box, behind `skip` bytes of its own."""
    return boxes(window, box.start + skip, box.end)


def inside(window: Window, box: Box | None, *path: str) -> Box | None:
    """The first box under a path of kinds."""
    for kind in path:
        if box is None:
            return None
        box = next((child for child in children(window, box) if child.kind == kind), None)
    return box
