"""Vorbis comments (xiph.org, "Ogg Vorbis I format specification: comment field"), in Ogg, Opus and FLAC."""

from __future__ import annotations

from metadata_svc.reading.containers.found import Found
from metadata_svc.reading.text import clean, decode

GROUP = "Vorbis comment"
_MAX_COMMENTS = 300


def read(raw: bytes, found: Found) -> None:
    """The vendor, which is the encoder's name for itself, and the comments."""
    at = 4 + _size(raw, 0)
    found.add_text(GROUP, "vendor", raw[4:at])
    comments = min(_size(raw, at), _MAX_COMMENTS)
    at += 4
    for _ in range(comments):
        size = _size(raw, at)
        name, separator, value = raw[at + 4 : at + 4 + size].partition(b"=")
        if separator:
            found.add_text(GROUP, clean(decode(name), 80), value)
        at += 4 + size
    found.container["encoder"] = found.value("encoder") or found.value("vendor")
    found.container["writer"] = found.value("vendor")


def _size(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 4], "little")
