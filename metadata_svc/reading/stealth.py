"""Generation parameters hidden in the lowest bit of a PNG's alpha channel ("stealth pnginfo").

NovelAI and a WebUI extension write column by column: 120 bits of signature, 32 bits of length in bits (big-endian), then text in
UTF-8, gzip-packed under the second signature.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from metadata_svc.reading import png
from metadata_svc.reading.text import decode, inflate

MAX_PIXELS = 16_000_000
_SIGNATURES = {b"stealth_pnginfo": False, b"stealth_pngcomp": True}
_SIGNATURE_BITS = 120
_HEADER_BITS = _SIGNATURE_BITS + 32
_GZIP = 31


def read(data: bytes) -> str | None:
    """The hidden text of an 8-bit RGBA PNG of at most `MAX_PIXELS`; None when there is none."""
    width_px, height_px = png.size_px(data)
    if not png.has_alpha(data) or not 0 < width_px * height_px <= MAX_PIXELS:
        return None
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3 or picture.shape[2] != 4:
        return None
    alpha = np.asarray(picture[:, :, 3], np.uint8)
    return _decode_bits((alpha.T & np.uint8(1)).reshape(-1))


def _decode_bits(bits: npt.NDArray[np.uint8]) -> str | None:
    compressed = _SIGNATURES.get(np.packbits(bits[:_SIGNATURE_BITS]).tobytes())
    if compressed is None or bits.size < _HEADER_BITS:
        return None
    length = int.from_bytes(np.packbits(bits[_SIGNATURE_BITS:_HEADER_BITS]).tobytes(), "big")
    body = np.packbits(bits[_HEADER_BITS : _HEADER_BITS + length]).tobytes()
    return decode(inflate(body, wbits=_GZIP) if compressed else body)
