"""WebP (RFC 9649)."""

from __future__ import annotations

import struct

from kit.media.headers import tiff
from kit.media.headers.header import Data, PictureHeader


def read(data: Data, max_frames: int) -> PictureHeader:
    """Canvas size, rotation (EXIF chunk) and number of frames (ANMF); complete if the RIFF length is there."""
    (riff_bytes,) = struct.unpack("<I", data[4:8])
    width_px, height_px = _size(data)
    frame_count, orientation, at = 0, 1, 12
    while len(chunk := data[at : at + 8]) == 8 and frame_count < max_frames:
        kind, length = struct.unpack("<4sI", chunk)
        if kind == b"ANMF":
            frame_count += 1
        elif kind == b"EXIF":
            orientation = tiff.orientation(data[at + 8 : at + 8 + length].removeprefix(b"Exif\0\0"))
        at += 8 + length + length % 2
    return PictureHeader(width_px, height_px, 8, max(1, frame_count), orientation, complete=len(data) >= riff_bytes + 8)


def _size(data: Data) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            (bits,) = struct.unpack("<I", data[21:25])
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width_px, height_px = struct.unpack("<HH", data[26:30])
    return width_px & 0x3FFF, height_px & 0x3FFF
