"""MPEG audio streams: MP3 (ISO/IEC 11172-3) with the headers of Xing, LAME and Fraunhofer, and AAC in ADTS (ISO/IEC 13818-7)."""

from __future__ import annotations

import re

from metadata_svc.reading.containers import id3
from metadata_svc.reading.containers.found import SOUND, Found, empty_track, encoder_in
from metadata_svc.reading.text import clean
from metadata_svc.reading.window import Window

_HEAD_BYTES = 1 << 14
_MAX_TAGS = 4
_FRAME = re.compile(rb"\xff[\xe2-\xff]")
_LAYERS = {1: "Layer III", 2: "Layer II", 3: "Layer I"}
_AAC_PROFILES = ("AAC Main", "AAC LC", "AAC SSR", "AAC LTP")
# Behind "Xing" or "Info": flags, frames, bytes, 100 bytes of seek points and quality, where all are there.
_NAME_OFFSET = 120
_NAME_BYTES = 9
_NAME = re.compile(rb"[A-Za-z][\w. -]{2,}")


def read_mp3(window: Window) -> Found:
    """An MP3 file."""
    found = Found()
    found.container["format"] = "MP3"
    head = _behind_tags(window, found)
    frame = _FRAME.search(head)
    if frame is not None:
        _add_track(found, f"MPEG {_LAYERS.get(head[frame.start() + 1] >> 1 & 3, 'audio')}", "")
        _first_frame(head[frame.start() : frame.start() + 2048], found)
    found.container["encoder"] = found.container["encoder"] or encoder_in(head)
    found.container["writer"] = found.value("TSSE", "TENC")
    return found


def read_adts(window: Window) -> Found:
    """An AAC stream."""
    found = Found()
    found.container["format"] = "ADTS"
    head = _behind_tags(window, found)
    if len(head) > 2:
        _add_track(found, "AAC", _AAC_PROFILES[head[2] >> 6])
    found.container["encoder"] = encoder_in(head)
    found.container["writer"] = found.value("TSSE", "TENC")
    return found


def _behind_tags(window: Window, found: Found) -> bytes:
    """The beginning of the stream itself."""
    at = 0
    for _ in range(_MAX_TAGS):
        behind = id3.read(window, at, found)
        if behind == at:
            break
        found.add_part("ID3v2")
        at = behind
    if window.size_bytes > 128 and window.read(window.size_bytes - 128, 3) == b"TAG":
        found.add_part("ID3v1")
    return window.read(at, _HEAD_BYTES)


def _first_frame(frame: bytes, found: Found) -> None:
    """The frame that holds no sound but numbers for players; its writer signs it."""
    for kind in (b"Xing", b"Info"):
        at = frame.find(kind, 4, 64)
        if at >= 0:
            found.add_part(kind.decode())
            name = _NAME.match(frame[at + _NAME_OFFSET : at + _NAME_OFFSET + _NAME_BYTES])
            found.container["encoder"] = clean(name.group().decode("latin-1")) if name else ""
            return
    if frame[36:40] == b"VBRI":
        found.add_part("VBRI")
        found.container["encoder"] = "Fraunhofer"


def _add_track(found: Found, codec: str, profile: str) -> None:
    track = empty_track()
    track["kind"], track["codec"], track["profile"] = SOUND, codec, profile
    found.container["tracks"].append(track)
