"""Tracks of ISO base media files: times, handler, coding format, edit list, and how the encoder names itself."""

from __future__ import annotations

from datetime import UTC, datetime

from metadata_svc.reading.containers import iso_codecs
from metadata_svc.reading.containers.boxes import Box, children, inside
from metadata_svc.reading.containers.found import (
    FIRST_SAMPLES_BYTES,
    OTHER,
    SOUND,
    VIDEO,
    Found,
    TrackReading,
    empty_track,
    encoder_in,
    time_since,
)
from metadata_svc.reading.text import clean, decode
from metadata_svc.reading.window import Window, number

_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_KINDS = {b"vide": VIDEO, b"soun": SOUND}
_MAX_HANDLER_BYTES = 200
_MAX_EDITS = 10_000


def times(payload: bytes) -> tuple[str, float | None]:
    """Creation time as ISO 8601 and duration in seconds (None: unknown) of an "mvhd" or "mdhd" box."""
    wide = payload[:1] == b"\1"
    created = number(payload[4:12] if wide else payload[4:8])
    scale = number(payload[20:24] if wide else payload[12:16])
    length = number(payload[24:32] if wide else payload[16:20])
    known = scale and length and length not in (2**32 - 1, 2**64 - 1)
    return time_since(_EPOCH, created), length / scale if known else None


def read(window: Window, trak: Box, found: Found) -> TrackReading:
    """One track; the encoder's name for itself goes into `found` when it is the first."""
    track = empty_track()
    for box in children(window, trak):
        if box.kind == "tkhd":
            track["create_time"] = times(box.payload(window, 32))[0]
        elif box.kind == "edts":
            track["edits"] = _edits(window, box)
        elif box.kind == "mdia":
            _media(window, box, track, found)
    return track


def _media(window: Window, media: Box, track: TrackReading, found: Found) -> None:
    for box in children(window, media):
        if box.kind == "mdhd":
            created, track["duration_s"] = times(box.payload(window, 32))
            track["create_time"] = track["create_time"] or created
        elif box.kind == "hdlr":
            _handler(box.payload(window, _MAX_HANDLER_BYTES), track)
        elif box.kind == "minf":
            table = inside(window, box, "stbl")
            if table is not None:
                _samples(window, table, track, found)


def _handler(payload: bytes, track: TrackReading) -> None:
    track["kind"] = _KINDS.get(payload[8:12], OTHER)
    name = payload[24:].rstrip(b"\0")
    # QuickTime puts the length in front, ISO a zero behind; some cameras do both.
    if name and (name[0] < 32 or name[0] == len(name) - 1):
        name = name[1:]
    track["handler"] = clean(decode(name.split(b"\0")[0]), 80)


def _samples(window: Window, table: Box, track: TrackReading, found: Found) -> None:
    tables = {box.kind: box for box in children(window, table)}
    compressor = ""
    if "stsd" in tables:
        track["codec"], track["profile"], compressor = iso_codecs.describe(window, tables["stsd"], track["kind"])
    named = encoder_in(_first_samples(window, tables)) or encoder_in(compressor.encode()) or compressor
    if (track["kind"] == VIDEO and named) or (named and not found.container["encoder"]):
        found.container["encoder"] = named


def _first_samples(window: Window, tables: dict[str, Box]) -> bytes:
    """The beginning of the first chunk, where encoders put their own name."""
    if "stco" in tables:
        offset = number(tables["stco"].payload(window, 12)[8:12])
    elif "co64" in tables:
        offset = number(tables["co64"].payload(window, 16)[8:16])
    else:
        return b""
    return window.read(offset, FIRST_SAMPLES_BYTES) if offset else b""


def _edits(window: Window, edts: Box) -> int:
    """Entries of the edit list that show media; those that only delay a track are no cuts."""
    box = inside(window, edts, "elst")
    if box is None:
        return 0
    head = box.payload(window, 8)
    wide = head[:1] == b"\1"
    field = 8 if wide else 4
    width, count = 2 * field + 4, min(number(head[4:8]), _MAX_EDITS)
    entries = window.read(box.start + 8, min(box.end - box.start - 8, count * width))
    starts = (entries[at + field : at + 2 * field] for at in range(0, len(entries) - width + 1, width))
    return sum(start != b"\xff" * len(start) for start in starts)
