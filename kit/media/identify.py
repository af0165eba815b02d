"""The first gate of every upload: what is it, does it claim to be something else, is it something else as well?"""

from __future__ import annotations

from kit.errors import MediaTypeMismatch
from kit.media.file import MediaFile
from kit.media.polyglot import refuse_polyglot
from kit.media.sniff import SNIFF_BYTES, MediaType, sniff

_NO_CLAIM = {"", "application/octet-stream", "application/x-www-form-urlencoded", "*/*", "binary/octet-stream"}
"""What clients send when nobody told them a type; curl's default is the form."""

_SAME = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/apng": "image/png",
    "image/x-ms-bmp": "image/bmp",
    "image/x-bmp": "image/bmp",
    "video/avi": "video/x-msvideo",
    "video/msvideo": "video/x-msvideo",
    "video/matroska": "video/x-matroska",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/x-flac": "audio/flac",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/opus": "audio/ogg",
    "audio/vorbis": "audio/ogg",
    "audio/x-aac": "audio/aac",
    "audio/aacp": "audio/aac",
    "audio/x-aiff": "audio/aiff",
    "application/ogg": "audio/ogg",
}
_INTERCHANGEABLE = (
    {"video/mp4", "video/quicktime", "audio/mp4", "video/x-m4v", "video/3gpp", "audio/3gpp"},
    {"video/webm", "video/x-matroska", "audio/webm", "audio/x-matroska"},
)
"""Containers that writers label loosely; which of them it is shows only in the streams inside."""


def identify(media: MediaFile, claimed_mime_type: str | None) -> MediaType:
    """The type by magic bytes. Raises UnsupportedMediaType, MediaTypeMismatch, PolyglotMedia.

    `claimed_mime_type` is a content type as sent, parameters and all; None or a type that means "bytes" claims nothing.
    """
    found = sniff(media.head(SNIFF_BYTES))
    claimed = (claimed_mime_type or "").partition(";")[0].strip().lower()
    if claimed not in _NO_CLAIM and not _agree(_SAME.get(claimed, claimed), found.mime_type):
        raise MediaTypeMismatch(
            f"The content type says {claimed[:100]!r} but the bytes are {found.mime_type}. Send the true type, or none.",
            claimed=claimed[:100],
            found=found.mime_type,
        )
    refuse_polyglot(media)
    return found


def _agree(claimed: str, found: str) -> bool:
    if claimed == found or claimed == found.partition("/")[0] + "/*":
        return True
    return any(claimed in group and found in group for group in _INTERCHANGEABLE)
