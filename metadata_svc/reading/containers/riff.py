"""RIFF files: WAVE with its broadcast extension (EBU Tech 3285, 3306), and AVI; and AIFF (EA IFF 85), their elder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from metadata_svc.reading.containers.found import (
    FIRST_SAMPLES_BYTES,
    MAX_TRACKS,
    OTHER,
    SOUND,
    VIDEO,
    Found,
    empty_track,
    encoder_in,
)
from metadata_svc.reading.containers.id3 import read_frames
from metadata_svc.reading.text import clean
from metadata_svc.reading.window import Window, number

INFO = "RIFF INFO"
BROADCAST = "Broadcast extension"
_MAX_CHUNKS = 1000
_MAX_BYTES = 1 << 18
_UNKNOWN_SIZE = 0xFFFFFFFF
_FORMATS = {1: "PCM", 3: "PCM float", 6: "A-law", 7: "mu-law", 0x11: "IMA ADPCM", 0x55: "MP3", 0xFFFE: "extensible"}
_KINDS = {b"vids": VIDEO, b"auds": SOUND}
_AIFF_TEXTS = {"NAME": "NAME", "AUTH": "AUTH", "(c) ": "(c)", "ANNO": "ANNO"}
# Slots of the broadcast extension: originator, its reference, date and time of origination.
_BROADCAST_SLOTS = {"Originator": (256, 288), "OriginatorReference": (288, 320), "OriginationDate": (320, 330)}


@dataclass(frozen=True)
class Chunk:
    """A chunk: its four letters, where its payload begins, how long it says to be, and where the parent ends."""

    kind: str
    start: int
    size: int
    limit: int

    def payload(self, window: Window, most_bytes: int = _MAX_BYTES) -> bytes:
        """The first bytes of the payload."""
        return window.read(self.start, min(self.size, self.limit - self.start, most_bytes))


def chunks(window: Window, start: int, end: int, *, big_endian: bool = False) -> Iterator[Chunk]:
    """The chunks between two offsets; stops quietly at the end."""
    for _ in range(_MAX_CHUNKS):
        head = window.read(start, 8)
        if len(head) < 8 or start + 8 > end:
            return
        size = number(head[4:] if big_endian else head[:3:-1])
        yield Chunk(clean(head[:4].decode("latin-1"), 4), start + 8, size, end)
        start += 8 + size + size % 2


def read_wave(window: Window) -> Found:
    """A WAVE file."""
    found = Found()
    found.container["format"] = "RF64 WAVE" if window.read(0, 4) == b"RF64" else "RIFF WAVE"
    for chunk in chunks(window, 12, window.size_bytes):
        found.add_part(chunk.kind)
        if chunk.kind == "fmt":
            _format(chunk.payload(window, 40), found)
        elif chunk.kind == "data":
            if chunk.size != _UNKNOWN_SIZE and chunk.start + chunk.size > window.size_bytes:
                found.container["flaws"].append("part_beyond_end")
        elif chunk.kind == "bext":
            _broadcast(chunk.payload(window, 602), found)
        else:
            _common(window, chunk, found)
    found.container["writer"] = found.value("ISFT", "Originator", "encoder")
    return found


def read_avi(window: Window) -> Found:
    """An AVI file."""
    found = Found()
    found.container["format"] = "RIFF AVI"
    for chunk in chunks(window, 12, window.size_bytes):
        form = window.read(chunk.start, 4).decode("latin-1") if chunk.kind == "LIST" else ""
        found.add_part(f"LIST {form}" if form else chunk.kind)
        if form == "hdrl":
            _headers(window, chunk, found)
        elif form == "movi":
            found.container["encoder"] = encoder_in(chunk.payload(window, FIRST_SAMPLES_BYTES))
        else:
            _common(window, chunk, found)
    layout = found.container["layout"]
    if "idx1" in layout and "LIST movi" in layout:
        found.container["index_last"] = layout.index("idx1") > layout.index("LIST movi")
    found.container["writer"] = found.value("ISFT")
    return found


def read_aiff(window: Window) -> Found:
    """An AIFF or AIFF-C file."""
    found = Found()
    found.container["format"] = "AIFF-C" if window.read(8, 4) == b"AIFC" else "AIFF"
    for chunk in chunks(window, 12, window.size_bytes, big_endian=True):
        found.add_part(chunk.kind)
        if chunk.kind == "COMM":
            track = empty_track()
            track["kind"], track["codec"] = SOUND, clean(chunk.payload(window, 22)[18:22].decode("latin-1"), 4) or "PCM"
            found.container["tracks"].append(track)
        elif chunk.kind in _AIFF_TEXTS:
            found.add_text("AIFF", _AIFF_TEXTS[chunk.kind], chunk.payload(window))
        elif chunk.kind == "ID3":
            read_frames(chunk.payload(window), found)
    found.container["writer"] = found.value("TSSE", "TENC", "ANNO")
    return found


def _format(raw: bytes, found: Found) -> None:
    tag, channels, rate = (int.from_bytes(raw[at : at + size], "little") for at, size in ((0, 2), (2, 2), (4, 4)))
    bytes_per_s, block, bits = (
        int.from_bytes(raw[at : at + size], "little") for at, size in ((8, 4), (12, 2), (14, 2))
    )
    track = empty_track()
    track["kind"], track["codec"] = SOUND, _FORMATS.get(tag, f"format {tag:#06x}")
    track["profile"] = f"{bits} bit" if bits else ""
    found.container["tracks"].append(track)
    if tag in (1, 3) and (block != channels * ((bits + 7) // 8) or bytes_per_s != rate * block):
        found.container["flaws"].append("rate_impossible")


def _broadcast(raw: bytes, found: Found) -> None:
    for name, (start, end) in _BROADCAST_SLOTS.items():
        found.add_text(BROADCAST, name, raw[start:end].split(b"\0")[0])
    found.add_text(BROADCAST, "CodingHistory", raw[602:])


def _common(window: Window, chunk: Chunk, found: Found) -> None:
    """Chunks that WAVE and AVI share."""
    if chunk.kind == "LIST" and window.read(chunk.start, 4) == b"INFO":
        for item in chunks(window, chunk.start + 4, min(chunk.start + chunk.size, chunk.limit)):
            if item.kind != "LIST":
                found.add_text(INFO, item.kind, item.payload(window))
    elif chunk.kind in ("id3", "ID3"):
        read_frames(chunk.payload(window), found)
    elif chunk.kind in ("IDIT", "iXML"):
        found.add_text("RIFF", chunk.kind, chunk.payload(window))
    elif chunk.kind == "_PMX":
        found.xmp = found.xmp or chunk.payload(window, 1 << 20)


def _headers(window: Window, headers: Chunk, found: Found) -> None:
    """The stream headers of an AVI."""
    for chunk in chunks(window, headers.start + 4, min(headers.start + headers.size, headers.limit)):
        if chunk.kind == "LIST" and len(found.container["tracks"]) < MAX_TRACKS:
            parts = {
                part.kind: part for part in chunks(window, chunk.start + 4, min(chunk.start + chunk.size, chunk.limit))
            }
            raw = parts["strh"].payload(window, 8) if "strh" in parts else b""
            track = empty_track()
            track["kind"] = _KINDS.get(raw[:4], OTHER)
            track["codec"] = clean(raw[4:8].decode("latin-1"), 4)
            track["handler"] = (
                clean(parts["strn"].payload(window, 200).decode("latin-1"), 80) if "strn" in parts else ""
            )
            found.container["tracks"].append(track)
        elif chunk.kind == "IDIT":
            found.add_text("RIFF", "IDIT", chunk.payload(window, 200))
