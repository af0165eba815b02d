"""How an EXIF block is laid out (TIFF 6.0; CIPA DC-008): which directories, and of which tags and types, in which order.

exifread tells what the tags say; this tells how they were written, which is the habit of a camera or of a program. Bounded in
directories and entries, and silent about damage: it answers with what could be read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TypedDict

IFD0 = "IFD0"
EXIF = "EXIF"
GPS = "GPS"
INTEROPERABILITY = "interoperability"
PREVIEW = "preview"
_POINTERS = {(IFD0, 0x8769): EXIF, (IFD0, 0x8825): GPS, (EXIF, 0xA005): INTEROPERABILITY}
_MAX_ENTRIES = 200
_ENTRY_BYTES = 12
_MAKER_NOTE, _PREVIEW_AT, _PREVIEW_BYTES = 0x927C, 0x0201, 0x0202
_HEAD_BYTES = 16


class ExifLayout(TypedDict):
    """Entries of each directory in file order as (tag, type of the value); the maker note's first bytes in hexadecimal."""

    directories: dict[str, list[tuple[int, int]]]
    maker_note_head: str


def read(exif: bytes) -> ExifLayout | None:
    """The layout of a TIFF structure; None when it is none."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 8:
        return None
    layout: ExifLayout = {"directories": {}, "maker_note_head": ""}
    (first,) = struct.unpack_from(order + "I", exif, 4)
    _directory(exif, order, IFD0, first, layout)
    _directory(exif, order, PREVIEW, _next(exif, order, first), layout)
    return layout


def preview(exif: bytes) -> bytes:
    """The JPEG that the second directory points at; empty when there is none."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 8:
        return b""
    (first,) = struct.unpack_from(order + "I", exif, 4)
    values = {tag: value for tag, _, _, value in _entries(exif, order, *_table(exif, order, _next(exif, order, first)))}
    start, size = values.get(_PREVIEW_AT, 0), values.get(_PREVIEW_BYTES, 0)
    return exif[start : start + size]


def _table(exif: bytes, order: str, at: int) -> tuple[int, int]:
    """Where the entries of the directory at `at` begin, and how many there are; none where there is no directory."""
    if not 0 < at <= len(exif) - 2:
        return 0, 0
    return at + 2, int(struct.unpack_from(order + "H", exif, at)[0])


def _next(exif: bytes, order: str, at: int) -> int:
    """Where the directory behind the one at `at` stands, 0 if nowhere."""
    start, count = _table(exif, order, at)
    end = start + count * _ENTRY_BYTES
    return int(struct.unpack_from(order + "I", exif, end)[0]) if start > 0 and end + 4 <= len(exif) else 0


def _directory(exif: bytes, order: str, name: str, at: int, layout: ExifLayout) -> None:
    """Reads one directory and those it points at."""
    start, count = _table(exif, order, at)
    if name in layout["directories"] or not start:
        return
    entries = list(_entries(exif, order, start, count))
    layout["directories"][name] = [(tag, kind) for tag, kind, _, _ in entries]
    for tag, kind, length, value in entries:
        if (name, tag) in _POINTERS:
            _directory(exif, order, _POINTERS[name, tag], value, layout)
        elif tag == _MAKER_NOTE and kind in (1, 7) and length > 4:
            layout["maker_note_head"] = exif[value : value + min(length, _HEAD_BYTES)].hex()


def _entries(exif: bytes, order: str, at: int, count: int) -> Iterator[tuple[int, int, int, int]]:
    """Tag, type, count and value (or its offset) of each entry."""
    for index in range(min(count, _MAX_ENTRIES)):
        start = at + index * _ENTRY_BYTES
        if start + _ENTRY_BYTES > len(exif):
            return
        yield struct.unpack_from(order + "HHII", exif, start)
