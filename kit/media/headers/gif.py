"""GIF89a blocks."""

from __future__ import annotations

import struct

from kit.media.headers.header import Data, PictureHeader

_EXTENSION, _PICTURE, _TRAILER = 0x21, 0x2C, 0x3B


def read(data: Data, max_frames: int) -> PictureHeader:
    """Screen size and number of pictures, counted up to `max_frames`; complete if the walk comes to the trailer."""
    width_px, height_px, flags = struct.unpack("<HHB", data[6:11])
    at = 13 + _colours_bytes(flags)
    frame_count, complete = 0, False
    while at < len(data) and frame_count < max_frames:
        kind = data[at]
        if kind == _TRAILER:
            complete = True
            break
        if kind == _PICTURE:
            (flags,) = struct.unpack("B", data[at + 9 : at + 10] or b"\0")
            at = _after_blocks(data, at + 11 + _colours_bytes(flags))
            frame_count += 1
        elif kind == _EXTENSION:
            at = _after_blocks(data, at + 2)
        else:
            break
    return PictureHeader(width_px, height_px, 8, max(1, frame_count), complete=complete or frame_count >= max_frames)


def _colours_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: Data, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1
