"""EXIF (CIPA DC-008) read by exifread. Runs inside the decode sandbox only: the bytes are hostile."""

from __future__ import annotations

import io
import logging
import struct
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

import exifread
from exifread.core.exceptions import ExifError

from metadata_svc.reading import jpeg
from metadata_svc.reading.text import MAX_TAGS, Tag, decode, tag

_GROUPS = {
    "Image": "EXIF IFD0",
    "Thumbnail": "EXIF thumbnail",
    "EXIF": "EXIF",
    "GPS": "GPS",
    "Interoperability": "EXIF interoperability",
}
_LONG_TEXTS = ("EXIF UserComment", "Image Make", "Image Model", "Image ImageDescription")
_MAX_TEXT_BYTES = 1 << 20
_COMMENT_PREFIX_BYTES = 8
# A third of a second; the largest maker notes need a tenth of it.
_MAX_READS = 300_000
# What exifread raises on tags whose counts, offsets or types lie; the rest of the file is still worth reading.
_DAMAGED = (
    ExifError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
    struct.error, RuntimeError, MemoryError, AssertionError, EOFError,
)  # fmt: skip


class ExifReading(TypedDict):
    """EXIF tags as text, and the values that checks need as numbers."""

    tags: list[Tag]
    texts: list[tuple[str, str, str]]
    thumbnail_px: list[int] | None
    gps_deg: list[float] | None
    maker_note_bytes: int
    damaged: bool


class _BoundedFile(io.BytesIO):
    """A file that may be read from so often and no more: a count in a damaged tag makes exifread read billions of times."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._reads_left = _MAX_READS

    def read(self, size: int | None = -1, /) -> bytes:
        """As of BytesIO. Raises ValueError when the budget is used up."""
        self._reads_left -= 1
        if self._reads_left < 0:
            raise ValueError("too many reads")
        return super().read(size)


def read(exif: bytes) -> ExifReading:
    """Reads a TIFF structure, or a whole TIFF, HEIC or AVIF file.

    Returns empty lists when there is no EXIF; `damaged` says that a part could not be parsed. `thumbnail_px` is (width, height)
    of the embedded JPEG; `gps_deg` is (latitude, longitude) in degrees as stored, which may be out of range.
    """
    # exifread writes warnings about every odd tag; they describe the input, not our state.
    logging.getLogger("exifread").setLevel(logging.CRITICAL)
    whole = _process(exif, details=True)
    # Maker notes break most often; without them the rest can still be read.
    found = _process(exif, details=False) if whole is None else whole
    return {
        "tags": list(_tags(found or {})),
        "texts": list(_texts(found or {})),
        "thumbnail_px": _thumbnail(found or {}),
        "gps_deg": _position(found or {}),
        "maker_note_bytes": _length((found or {}).get("EXIF MakerNote")),
        "damaged": whole is None,
    }


def _process(exif: bytes, *, details: bool) -> Mapping[str, Any] | None:
    """Tags by exifread's names; None when it fails on damaged ones."""
    try:
        tags: Mapping[str, Any] = exifread.process_file(_BoundedFile(exif), details=details) if exif else {}
    except _DAMAGED:
        return None
    return tags


def _tags(found: Mapping[str, Any]) -> Iterator[Tag]:
    for key, value in list(found.items())[:MAX_TAGS]:
        group, _, name = key.partition(" ")
        if group in _GROUPS and name != "MakerNote" and not isinstance(value, bytes):
            yield tag(_GROUPS[group], name, _text(key, value))


def _texts(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key in _LONG_TEXTS:
        if key in found:
            yield "EXIF", key.partition(" ")[2], _text(key, found[key])


def _text(key: str, value: Any) -> str:
    """The value in full; exifread's own text drops the line ends and the encoding of a user comment."""
    values = value.values
    if key == "EXIF UserComment" and isinstance(values, list):
        raw = bytes(item for item in values[:_MAX_TEXT_BYTES] if isinstance(item, int) and 0 <= item < 256)
        prefix, body = raw[:_COMMENT_PREFIX_BYTES], raw[_COMMENT_PREFIX_BYTES:]
        return _utf_16(body) if prefix.startswith(b"UNICODE") else decode(body)
    return str(values if isinstance(values, str) else value.printable)


def _utf_16(body: bytes) -> str:
    """UTF-16 in the byte order that makes Latin text; writers disagree with the file's own order."""
    order = "utf-16-be" if body[0:1] == b"\x00" else "utf-16-le"
    return body.decode(order, errors="replace")


def _thumbnail(found: Mapping[str, Any]) -> list[int] | None:
    picture = found.get("JPEGThumbnail")
    facts = jpeg.structure(picture) if isinstance(picture, bytes) else None
    return [facts["width_px"], facts["height_px"]] if facts else None


def _position(found: Mapping[str, Any]) -> list[float] | None:
    latitude = _degrees(found, "GPS GPSLatitude", "S")
    longitude = _degrees(found, "GPS GPSLongitude", "W")
    return None if latitude is None or longitude is None else [latitude, longitude]


def _degrees(found: Mapping[str, Any], key: str, negative: str) -> float | None:
    if key not in found or f"{key}Ref" not in found:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in found[key].values[:3])
    except _DAMAGED:
        # 0/0 is how cameras write "no fix yet".
        return None
    sign = -1.0 if str(found[f"{key}Ref"].printable).strip().upper() == negative else 1.0
    return sign * (degrees + minutes / 60 + seconds / 3600)


def _length(value: Any) -> int:
    return len(value.values) if value is not None and hasattr(value.values, "__len__") else 0
