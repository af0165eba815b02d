"""Windows bitmaps."""

from __future__ import annotations

import struct

from kit.media.headers.header import Data, PictureHeader

_CORE_HEADER_BYTES = 12


def read(data: Data, max_frames: int) -> PictureHeader:
    """Size; rows may be stored top down (negative height). Complete if the file is as long as it says."""
    file_bytes, _, pixels_at, header_bytes = struct.unpack("<IIII", data[2:18])
    form = "<HHHH" if header_bytes == _CORE_HEADER_BYTES else "<iiHH"
    width_px, height_px, _, bits = struct.unpack(form, data[18 : 18 + struct.calcsize(form)])
    rows_bytes = 0 if _is_compressed(data, header_bytes) else abs(height_px) * ((abs(width_px) * bits + 31) // 32 * 4)
    return PictureHeader(abs(width_px), abs(height_px), complete=len(data) >= max(file_bytes, pixels_at + rows_bytes))


def _is_compressed(data: Data, header_bytes: int) -> bool:
    return header_bytes != _CORE_HEADER_BYTES and data[30:34] not in (b"\0\0\0\0", b"\3\0\0\0")
