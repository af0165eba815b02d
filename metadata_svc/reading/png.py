"""PNG files (W3C PNG, third edition): text chunks, EXIF and XMP. Bounded: a zip bomb costs one megabyte."""

from __future__ import annotations

from collections.abc import Iterator

from metadata_svc.reading.blocks import Blocks
from metadata_svc.reading.text import decode, inflate

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP_KEYWORD = "XML:com.adobe.xmp"
_MAX_CHUNKS = 20_000
_MAX_TEXTS = 64
_MAX_TEXT_BYTES = 1 << 20


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and payload of each chunk; stops quietly where the file is damaged. Checksums are not checked."""
    at = len(SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        if at + 12 > len(data):
            return
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def blocks(data: bytes) -> Blocks:
    """Metadata chunks of a PNG file."""
    found = Blocks()
    for kind, payload in chunks(data):
        if kind == b"eXIf" and not found.exif:
            found.exif = payload
        elif kind in _READERS and len(found.texts) < _MAX_TEXTS:
            keyword, text = _READERS[kind](payload)
            if keyword == _XMP_KEYWORD:
                found.xmp = text
            else:
                found.texts.append((f"PNG {kind.decode('ascii')}", keyword, decode(text)))
    return found


def has_alpha(data: bytes) -> bool:
    """Whether pixels are 8-bit RGBA, the only form that can hide a stealth chunk."""
    return data[24:26] == b"\x08\x06"


def size_px(data: bytes) -> tuple[int, int]:
    """Width and height as the header claims."""
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _latin(payload: bytes) -> tuple[str, bytes]:
    keyword, _, text = payload.partition(b"\x00")
    return keyword.decode("latin-1"), text[:_MAX_TEXT_BYTES]


def _compressed(payload: bytes) -> tuple[str, bytes]:
    keyword, _, rest = payload.partition(b"\x00")
    return keyword.decode("latin-1"), inflate(rest[1:], _MAX_TEXT_BYTES)


def _international(payload: bytes) -> tuple[str, bytes]:
    keyword, _, rest = payload.partition(b"\x00")
    _language, _, rest_after_language = rest[2:].partition(b"\x00")
    _translated, _, text = rest_after_language.partition(b"\x00")
    body = inflate(text, _MAX_TEXT_BYTES) if rest[:1] == b"\x01" else text[:_MAX_TEXT_BYTES]
    return keyword.decode("latin-1"), body


_READERS = {b"tEXt": _latin, b"zTXt": _compressed, b"iTXt": _international}
