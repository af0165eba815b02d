"""AVIF (ISO/IEC 23000-22): the item properties that tell size and rotation."""

from __future__ import annotations

import re
import struct

from kit.media.headers.header import Data, PictureHeader

_META_BYTES = 1 << 20  # properties stand before the coded picture
_EXTENT = re.compile(rb"\0\0\0\x14ispe\0\0\0\0(.{4})(.{4})", re.DOTALL)
_CONFIGURATION = re.compile(rb"av1C\x81.(.)", re.DOTALL)
_ROTATION = re.compile(rb"\0\0\0\x09irot(.)", re.DOTALL)
_MIRROR = re.compile(rb"\0\0\0\x09imir(.)", re.DOTALL)
_ORIENTATIONS = {None: (1, 8, 3, 6), 0: (4, 5, 2, 7), 1: (2, 7, 4, 5)}  # mirror axis, quarter turns to the left: EXIF


def read(data: Data, max_frames: int) -> PictureHeader:
    """The largest picture's size (a grid's, above its tiles), depth and rotation."""
    head = data[:_META_BYTES]
    extents = [struct.unpack(">II", found[1] + found[2]) for found in _EXTENT.finditer(head)]
    width_px, height_px = max(extents, key=lambda extent: extent[0] * extent[1], default=(0, 0))
    configuration = _CONFIGURATION.search(head)
    flags = configuration[1][0] if configuration else 0
    bit_depth = (12 if flags & 0x20 else 10) if flags & 0x40 else 8
    return PictureHeader(width_px, height_px, bit_depth, orientation=_orientation(head))


def _orientation(head: bytes) -> int:
    """irot comes first, imir after it (ISO/IEC 23008-12, 6.5.10 and 6.5.12)."""
    turn, mirror = _ROTATION.search(head), _MIRROR.search(head)
    return _ORIENTATIONS[mirror[1][0] & 1 if mirror else None][turn[1][0] & 3 if turn else 0]
