"""Which reader reads which container."""

from __future__ import annotations

from collections.abc import Callable

from metadata_svc.reading.containers import iso, matroska, mpeg_audio, riff, xiph
from metadata_svc.reading.containers.found import Found
from metadata_svc.reading.window import Window

_READERS: dict[str, Callable[[Window], Found]] = {
    "video/mp4": iso.read,
    "video/quicktime": iso.read,
    "audio/mp4": iso.read,
    "video/webm": matroska.read,
    "video/x-matroska": matroska.read,
    "video/x-msvideo": riff.read_avi,
    "audio/wav": riff.read_wave,
    "audio/aiff": riff.read_aiff,
    "audio/flac": xiph.read_flac,
    "audio/ogg": xiph.read_ogg,
    "audio/mpeg": mpeg_audio.read_mp3,
    "audio/aac": mpeg_audio.read_adts,
}


def is_container(mime_type: str) -> bool:
    """Whether files of this type hold video or sound in a container that is read here."""
    return mime_type in _READERS


def read(window: Window, mime_type: str) -> Found:
    """Reads the container of a type for which `is_container` holds. Never raises on damage: it gives what it could read."""
    return _READERS[mime_type](window)
