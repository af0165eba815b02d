"""Matroska and WebM (RFC 9559)."""

from __future__ import annotations

from datetime import UTC, datetime

from metadata_svc.reading.containers.ebml import Element, elements, unsigned
from metadata_svc.reading.containers.found import (
    FIRST_SAMPLES_BYTES,
    MAX_TRACKS,
    OTHER,
    SOUND,
    VIDEO,
    Found,
    TrackReading,
    empty_track,
    encoder_in,
    time_since,
)
from metadata_svc.reading.containers.iso_codecs import avc_profile
from metadata_svc.reading.text import clean, decode
from metadata_svc.reading.window import Window

GROUP = "Matroska"
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
_EBML, _DOC_TYPE, _SEGMENT = 0x1A45DFA3, 0x4282, 0x18538067
_INFO, _TRACKS, _CLUSTER, _CUES, _TAGS = 0x1549A966, 0x1654AE6B, 0x1F43B675, 0x1C53BB6B, 0x1254C367
_MUXING_APP, _WRITING_APP, _DATE, _TITLE = 0x4D80, 0x5741, 0x4461, 0x7BA9
_TRACK, _TRACK_TYPE, _CODEC, _CODEC_PRIVATE, _NAME = 0xAE, 0x83, 0x86, 0x63A2, 0x536E
_TAG, _SIMPLE_TAG, _TAG_NAME, _TAG_STRING = 0x7373, 0x67C8, 0x45A3, 0x4487
_PARTS = {
    _INFO: "Info", _TRACKS: "Tracks", _CLUSTER: "Cluster", _CUES: "Cues", _TAGS: "Tags", 0x114D9B74: "SeekHead",
    0x1941A469: "Attachments", 0x1043A770: "Chapters", 0xEC: "Void",
}  # fmt: skip
_TYPES = {"webm": "WebM", "matroska": "Matroska"}
_KINDS = {1: VIDEO, 2: SOUND}
_INFO_TEXTS = {_MUXING_APP: "MuxingApp", _WRITING_APP: "WritingApp", _TITLE: "Title"}


def read(window: Window) -> Found:
    """Everything that the elements tell. Damage ends the reading where it stands."""
    found = Found()
    for element in elements(window, 0, window.size_bytes):
        if element.key == _EBML:
            kinds = {part.key: part.payload(window, 64) for part in _parts(window, element)}
            name = clean(decode(kinds.get(_DOC_TYPE, b"").rstrip(b"\0")))
            found.container["format"] = _TYPES.get(name, name or GROUP)
        elif element.key == _SEGMENT:
            _segment(window, element, found)
    container = found.container
    container["writer"] = found.value("WritingApp", "MuxingApp")
    container["make"] = found.value("MAKE", "com.apple.quicktime.make", "com.android.manufacturer")
    container["model"] = found.value("MODEL", "com.apple.quicktime.model", "com.android.model")
    container["encoder"] = container["encoder"] or _encoder(found)
    layout = container["layout"]
    if "Cluster" in layout and "Cues" in layout:
        container["index_last"] = layout.index("Cues") > layout.index("Cluster")
    return found


def _encoder(found: Found) -> str:
    """The encoder of a track by its tag; FFmpeg puts the writer of the file under the same name in front."""
    encoders = [clean(text) for _, name, text in found.texts if name == "ENCODER"]
    return next((encoder for encoder in encoders if encoder != found.container["writer"]), "")


def _parts(window: Window, element: Element) -> list[Element]:
    return list(elements(window, element.start, element.end))


def _segment(window: Window, segment: Element, found: Found) -> None:
    for part in elements(window, segment.start, segment.end, frozenset({_CLUSTER})):
        is_first_cluster = part.key == _CLUSTER and "Cluster" not in found.container["layout"]
        if part.key in _PARTS:
            found.add_part(_PARTS[part.key])
        if part.key == _INFO:
            _info(window, part, found)
        elif part.key == _TRACKS:
            _tracks(window, part, found)
        elif part.key == _TAGS:
            _tags(window, part, found)
        elif is_first_cluster:
            found.container["encoder"] = encoder_in(part.payload(window, FIRST_SAMPLES_BYTES))


def _info(window: Window, info: Element, found: Found) -> None:
    for part in _parts(window, info):
        if part.key in _INFO_TEXTS:
            found.add_text(GROUP, _INFO_TEXTS[part.key], part.payload(window))
        elif part.key == _DATE:
            nanoseconds = int.from_bytes(part.payload(window, 8), "big", signed=True)
            found.container["create_time"] = time_since(_EPOCH, nanoseconds / 1e9)


def _tracks(window: Window, tracks: Element, found: Found) -> None:
    for entry in _parts(window, tracks):
        if entry.key == _TRACK and len(found.container["tracks"]) < MAX_TRACKS:
            found.container["tracks"].append(_track({part.key: part for part in _parts(window, entry)}, window))


def _track(parts: dict[int, Element], window: Window) -> TrackReading:
    raw = {key: parts[key].payload(window) if key in parts else b"" for key in (_TRACK_TYPE, _CODEC, _NAME)}
    codec, track = clean(decode(raw[_CODEC].rstrip(b"\0")), 40), empty_track()
    track["kind"], track["codec"] = _KINDS.get(unsigned(raw[_TRACK_TYPE]), OTHER), codec
    track["handler"] = clean(decode(raw[_NAME].rstrip(b"\0")), 80)
    private = parts[_CODEC_PRIVATE].payload(window, 4) if _CODEC_PRIVATE in parts else b""
    if codec == "V_MPEG4/ISO/AVC" and len(private) == 4:
        track["profile"] = avc_profile(private)
    return track


def _tags(window: Window, tags: Element, found: Found) -> None:
    for tag in _parts(window, tags):
        for simple in _parts(window, tag) if tag.key == _TAG else ():
            if simple.key == _SIMPLE_TAG:
                pair = {part.key: part for part in _parts(window, simple)}
                if _TAG_NAME in pair and _TAG_STRING in pair:
                    name = clean(decode(pair[_TAG_NAME].payload(window, 200)), 80)
                    found.add_text(GROUP, name, pair[_TAG_STRING].payload(window, 1 << 18))
