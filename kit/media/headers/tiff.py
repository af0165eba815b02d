"""TIFF 6.0 and BigTIFF directories; EXIF blocks in other formats have the same form."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from kit.errors import UnsupportedMediaType
from kit.media.headers.header import Data, PictureHeader

_WIDTH, _HEIGHT, _BITS, _ORIENTATION, _DNG_VERSION = 0x100, 0x101, 0x102, 0x112, 0xC612
_SIZES = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MAX_ENTRIES = 4096


@dataclass(frozen=True)
class _Layout:
    order: str
    big: bool

    def unpack(self, code: str, data: Data, at: int) -> int:
        form = self.order + code
        (value,) = struct.unpack(form, data[at : at + struct.calcsize(form)])
        return int(value)


def read(data: Data, max_frames: int) -> PictureHeader:
    """The first directory's picture. Raises UnsupportedMediaType for camera raw files, whose first one is a thumbnail."""
    layout, at = _start(data)
    tags, following = _directory(data, at, layout)
    if _DNG_VERSION in tags or data[8:10] == b"CR":
        raise UnsupportedMediaType("The file is a camera raw (DNG, CR2). Develop it to JPEG, PNG or TIFF first.")
    return PictureHeader(
        width_px=tags.get(_WIDTH, 0),
        height_px=tags.get(_HEIGHT, 0),
        bit_depth=tags.get(_BITS, 1),
        frame_count=_count_pages(data, following, layout, max_frames),
        orientation=_valid(tags.get(_ORIENTATION, 1)),
    )


def orientation(exif: bytes) -> int:
    """EXIF orientation, 1 to 8, of a block that starts with its TIFF header; 1 where it is missing or damaged."""
    try:
        layout, at = _start(exif)
        tags, _ = _directory(exif, at, layout)
    except struct.error:
        return 1
    return _valid(tags.get(_ORIENTATION, 1))


def _valid(value: int) -> int:
    return value if 1 <= value <= 8 else 1


def _start(data: Data) -> tuple[_Layout, int]:
    layout = _Layout(order="<" if data[:2] == b"II" else ">", big=data[2:4] in (b"+\0", b"\0+"))
    return layout, layout.unpack("Q", data, 8) if layout.big else layout.unpack("I", data, 4)


def _directory(data: Data, at: int, layout: _Layout) -> tuple[Mapping[int, int], int]:
    """First values of the integer tags of the directory at `at`, and where the next one is (0: nowhere).

    Of a tag that is there twice the first one counts, as for decoders.
    """
    count = layout.unpack("Q" if layout.big else "H", data, at)
    entry_bytes, at = (20, at + 8) if layout.big else (12, at + 2)
    tags: dict[int, int] = {}
    for entry in range(at, at + entry_bytes * min(count, _MAX_ENTRIES), entry_bytes):
        code = _SIZES.get(layout.unpack("H", data, entry + 2))
        if code:
            tags.setdefault(layout.unpack("H", data, entry), _first_value(data, entry, code, layout))
    return tags, layout.unpack("Q" if layout.big else "I", data, at + entry_bytes * count)


def _first_value(data: Data, entry: int, code: str, layout: _Layout) -> int:
    count = layout.unpack("Q" if layout.big else "I", data, entry + 4)
    value_at, room = (entry + 12, 8) if layout.big else (entry + 8, 4)
    if count * struct.calcsize(layout.order + code) > room:
        value_at = layout.unpack("Q" if layout.big else "I", data, value_at)
    try:
        return layout.unpack(code, data, value_at)
    except struct.error:  # a value outside the file spoils its own tag, not the picture
        return 0


def _count_pages(data: Data, at: int, layout: _Layout, max_frames: int) -> int:
    seen: set[int] = set()
    while at and at not in seen and len(seen) + 1 < max_frames:
        seen.add(at)
        try:
            _, at = _directory(data, at, layout)
        except struct.error:
            break
    return len(seen) + 1
