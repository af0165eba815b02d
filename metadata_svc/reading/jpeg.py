"""JPEG streams (ITU-T T.81): metadata segments, and how the encoder built the stream."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypedDict

from metadata_svc.reading import jpeg_tables
from metadata_svc.reading.blocks import Blocks
from metadata_svc.reading.text import decode

_MAX_SEGMENTS = 2000
_EXIF = b"Exif\x00\x00"
_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_PHOTOSHOP = b"Photoshop 3.0\x00"
_NO_PAYLOAD = {0x00, 0x01, 0xFF, *range(0xD0, 0xD9)}
_SOF = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_SUBSAMPLING = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (1, 2): "4:4:0", (4, 1): "4:1:1", (4, 2): "4:1:0"}


class JpegFacts(TypedDict):
    """How the stream was made; see `telltale.metadata.v1.JpegStructure`."""

    width_px: int
    height_px: int
    quality_estimate: int
    standard_tables: bool
    subsampling: str
    progressive: bool
    standard_huffman: bool
    tables_fingerprint: str


@dataclass
class _Stream:
    width_px: int = 0
    height_px: int = 0
    progressive: bool = False
    sampling: list[tuple[int, int]] = field(default_factory=list)
    selectors: list[int] = field(default_factory=list)
    tables: dict[int, tuple[int, ...]] = field(default_factory=dict)
    huffman: dict[int, bytes] = field(default_factory=dict)


def segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and payload of each segment up to the first scan; stops quietly where the stream is damaged."""
    at = 2
    for _ in range(_MAX_SEGMENTS):
        # Some writers pad between segments; like libjpeg, go on at the next marker.
        at = data.find(b"\xff", at)
        if at < 0 or at + 4 > len(data):
            return
        marker = data[at + 1]
        if marker in _NO_PAYLOAD:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in (0xD9, 0xDA) or length < 2:
            return
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + length


def blocks(data: bytes) -> Blocks:
    """Metadata segments of a JPEG file."""
    found = Blocks()
    resources = bytearray()
    for marker, payload in segments(data):
        if marker == 0xE1 and payload.startswith(_EXIF) and not found.exif:
            found.exif = payload[len(_EXIF) :]
        elif marker == 0xE1 and payload.startswith(_XMP) and not found.xmp:
            found.xmp = payload[len(_XMP) :]
        elif marker == 0xED and payload.startswith(_PHOTOSHOP):
            resources += payload[len(_PHOTOSHOP) :]
        elif marker == 0xFE:
            found.texts.append(("JPEG comment", "Comment", decode(payload)))
        else:
            found.marks += _marks(marker, payload)
    found.image_resources = bytes(resources)
    return found


def structure(data: bytes) -> JpegFacts | None:
    """How the stream was made; None when it has no frame header or no quantisation table."""
    stream = _parse(data)
    luminance = stream.tables.get(0)
    if luminance is None or not stream.sampling:
        return None
    chrominance = stream.tables.get(1)
    return {
        "width_px": stream.width_px,
        "height_px": stream.height_px,
        "quality_estimate": jpeg_tables.nearest_quality(luminance),
        "standard_tables": jpeg_tables.is_scaled_standard(luminance, chrominance),
        "subsampling": _subsampling(stream.sampling),
        "progressive": stream.progressive,
        "standard_huffman": jpeg_tables.is_standard_huffman(stream.huffman),
        "tables_fingerprint": _fingerprint(stream.tables),
    }


def luminance_steps(data: bytes) -> tuple[int, ...] | None:
    """Quantisation steps of the first component in zigzag order; None when the stream does not name them, or one is 0."""
    stream = _parse(data)
    steps = stream.tables.get(stream.selectors[0]) if stream.selectors else None
    return steps if steps is not None and min(steps) > 0 else None


def _marks(marker: int, payload: bytes) -> list[str]:
    names = {0xE0: b"JFIF\x00", 0xEE: b"Adobe", 0xEC: b"Ducky"}
    wanted = names.get(marker)
    return [wanted.rstrip(b"\x00").decode("ascii")] if wanted and payload.startswith(wanted) else []


def _parse(data: bytes) -> _Stream:
    stream = _Stream()
    for marker, payload in segments(data):
        if marker == 0xDB:
            stream.tables.update(_quantisation(payload))
        elif marker == 0xC4:
            stream.huffman.update(_huffman(payload))
        elif marker in _SOF and len(payload) >= 6:
            stream.progressive = marker in _PROGRESSIVE
            stream.height_px = int.from_bytes(payload[1:3], "big")
            stream.width_px = int.from_bytes(payload[3:5], "big")
            stream.sampling = [(factor >> 4, factor & 15) for factor in payload[7 : 6 + 3 * payload[5] : 3]]
            stream.selectors = list(payload[8 : 6 + 3 * payload[5] : 3])
    return stream


def _quantisation(payload: bytes) -> Iterator[tuple[int, tuple[int, ...]]]:
    at = 0
    while at < len(payload):
        size = 2 if payload[at] >> 4 else 1
        raw = payload[at + 1 : at + 1 + 64 * size]
        if len(raw) < 64 * size:
            return
        yield payload[at] & 15, tuple(int.from_bytes(raw[k * size : (k + 1) * size], "big") for k in range(64))
        at += 1 + 64 * size


def _huffman(payload: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 17 <= len(payload):
        end = at + 17 + sum(payload[at + 1 : at + 17])
        yield payload[at], payload[at + 1 : end]
        at = end


def _subsampling(sampling: list[tuple[int, int]]) -> str:
    if len(sampling) < 3:
        return "4:0:0"
    (luma_h, luma_v), (chroma_h, chroma_v) = sampling[0], sampling[1]
    if not chroma_h or not chroma_v or luma_h % chroma_h or luma_v % chroma_v:
        return "other"
    return _SUBSAMPLING.get((luma_h // chroma_h, luma_v // chroma_v), "other")


def _fingerprint(tables: dict[int, tuple[int, ...]]) -> str:
    text = ";".join(f"{index}:{','.join(map(str, table))}" for index, table in sorted(tables.items()))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]
