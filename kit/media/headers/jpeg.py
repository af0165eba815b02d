"""JPEG (ITU-T T.81) segments up to the end of the first picture."""

from __future__ import annotations

import re
import struct

from kit.media.headers import tiff
from kit.media.headers.header import Data, PictureHeader

_MARKER = re.compile(rb"\xff+([^\x00\x01\xff\xd0-\xd7])")  # 01 (TEM) and RSTn have no length to jump over
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN, _APP1 = 0xDA, 0xE1


def read(data: Data, max_frames: int) -> PictureHeader:
    """Size, depth and rotation; complete if an end-of-image marker follows the first scan. MPF's pictures do not count."""
    frame, orientation, at = None, 1, 2
    while found := _MARKER.search(data, at):
        marker, at = found[1][0], found.end()
        if marker == _SCAN:
            break
        (length,) = struct.unpack(">H", data[at : at + 2])
        if marker in _FRAME_HEADERS:
            frame = frame or struct.unpack(">BHH", data[at + 2 : at + 7])
        elif marker == _APP1 and data[at + 2 : at + 8] == b"Exif\0\0":
            orientation = tiff.orientation(data[at + 8 : at + length])
        at += length
    bit_depth, height_px, width_px = frame or (8, 0, 0)
    complete = data.find(b"\xff\xd9", at) >= 0  # coded data never hold these two bytes
    return PictureHeader(width_px, height_px, bit_depth, orientation=orientation, complete=complete)
