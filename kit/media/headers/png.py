"""PNG (W3C, third edition, with the animation chunks of APNG)."""

from __future__ import annotations

import struct

from kit.media.headers import tiff
from kit.media.headers.header import Data, PictureHeader


def read(data: Data, max_frames: int) -> PictureHeader:
    """Size, depth, rotation (eXIf) and number of frames (acTL); complete if IEND is there."""
    width_px, height_px, bit_depth = struct.unpack(">IIB", data[16:25])
    frame_count, orientation, complete, at = 1, 1, False, 8
    while len(chunk := data[at : at + 12]) == 12:
        length, kind = struct.unpack(">I4s", chunk[:8])
        if kind == b"acTL":
            frame_count = min(int.from_bytes(data[at + 8 : at + 12], "big"), max_frames)
        elif kind == b"eXIf":
            orientation = tiff.orientation(data[at + 8 : at + 8 + length])
        elif kind == b"IEND":
            complete = True
            break
        at += 12 + length
    return PictureHeader(width_px, height_px, bit_depth, max(1, frame_count), orientation, complete)
