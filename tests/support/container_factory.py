"""Containers written by hand, as known devices and programs lay them out."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

RECORDED = datetime(2023, 5, 6, 12, 0, tzinfo=UTC)
IPHONE = {
    "com.apple.quicktime.make": "Apple",
    "com.apple.quicktime.model": "iPhone 14 Pro",
    "com.apple.quicktime.software": "16.4.1",
    "com.apple.quicktime.creationdate": "2023-05-06T14:00:00+0200",
}
X264 = b"\x06\x05" + b"x264 - core 164 r3095 baee400 - H.264/MPEG-4 AVC codec\x00"
_AVC = bytes((1, 100, 0, 40)) + b"\xff\xe1\x00\x00\x01\x00\x00"
_AAC = bytes.fromhex("00000000031900010004114015000000000000000000000005021210")


def box(kind: str, *parts: bytes) -> bytes:
    """A box of an ISO file."""
    payload = b"".join(parts)
    return struct.pack(">I", 8 + len(payload)) + kind.encode("latin-1") + payload


@dataclass(frozen=True)
class Track:
    """A track of a movie; `sample` is its first, `edits` are starts in its media (-1: nothing is shown)."""

    handler: str
    is_video: bool = True
    codec: str = "avc1"
    created: datetime | None = RECORDED
    duration_s: int = 10
    sample: bytes = b"\x65" * 40
    edits: Sequence[int] = (0,)
    compressor: str = ""


@dataclass(frozen=True)
class Movie:
    """An ISO file. As it stands: what an iPhone writes."""

    brand: str = "qt  "
    tracks: Sequence[Track] = (
        Track("Core Media Video", compressor="H.264"),
        Track("Core Media Audio", is_video=False, codec="mp4a"),
    )
    created: datetime | None = RECORDED
    keys: Mapping[str, str] = field(default_factory=lambda: IPHONE)
    user_data: bytes = b""
    index_first: bool = False
    after_brand: bytes = field(default_factory=lambda: box("wide"))
    behind: bytes = b""


def movie(wanted: Movie) -> bytes:
    """The file that `wanted` describes."""
    front = box("ftyp", wanted.brand.encode(), bytes(4), wanted.brand.encode()) + wanted.after_brand
    media = b"".join(track.sample for track in wanted.tracks)
    index_bytes = len(_index(wanted, 0))
    start = len(front) + 8 + (index_bytes if wanted.index_first else 0)
    index = _index(wanted, start)
    parts = (index, box("mdat", media)) if wanted.index_first else (box("mdat", media), index)
    return front + b"".join(parts) + wanted.behind


def text_box(kind: str, text: str) -> bytes:
    """A text of QuickTime's user data."""
    raw = text.encode()
    return box(kind, struct.pack(">HH", len(raw), 0), raw)


def keys_box(keys: Mapping[str, str]) -> bytes:
    """QuickTime's metadata list."""
    names = b"".join(box("mdta", name.encode()) for name in keys)
    values = (struct.pack(">II", 1, 0) + text.encode() for text in keys.values())
    items = [
        struct.pack(">II", 16 + len(value), number) + box("data", value) for number, value in enumerate(values, start=1)
    ]
    handler = box("hdlr", bytes(8), b"mdta", bytes(12), b"\0")
    return box("meta", handler, box("keys", bytes(4), struct.pack(">I", len(keys)), names), box("ilst", *items))


def _index(wanted: Movie, start: int) -> bytes:
    tracks, offset = [], start
    for track in wanted.tracks:
        tracks.append(_track(track, offset))
        offset += len(track.sample)
    udta = box("udta", wanted.user_data) if wanted.user_data else b""
    meta = keys_box(wanted.keys) if wanted.keys else b""
    return box("moov", box("mvhd", _times(wanted.created, 600, 10), bytes(80)), *tracks, udta, meta)


def _track(track: Track, offset: int) -> bytes:
    handler = track.handler.encode()
    entry = _video_entry(track) if track.is_video else box(track.codec, bytes(28), box("esds", _AAC))
    table = box(
        "stbl",
        box("stsd", bytes(4), struct.pack(">I", 1), entry),
        box("stsz", bytes(4), struct.pack(">III", 0, 1, len(track.sample))),
        box("stco", bytes(4), struct.pack(">II", 1, offset)),
    )
    media = box(
        "mdia",
        box("mdhd", _times(track.created, 600, track.duration_s), bytes(4)),
        box("hdlr", bytes(8), b"vide" if track.is_video else b"soun", bytes(12), bytes((len(handler),)), handler),
        box("minf", table),
    )
    edits = b"".join(struct.pack(">IiI", 600, edit, 0x10000) for edit in track.edits)
    edit_list = box("edts", box("elst", bytes(4), struct.pack(">I", len(track.edits)), edits)) if track.edits else b""
    return box("trak", box("tkhd", _times(track.created, 1, track.duration_s), bytes(60)), edit_list, media)


def _video_entry(track: Track) -> bytes:
    name = track.compressor.encode()
    fixed = bytes(42) + bytes((len(name),)) + name.ljust(31, b"\0") + bytes(4)
    return box(track.codec, fixed, box("avcC", _AVC))


def _times(created: datetime | None, scale: int, duration_s: int) -> bytes:
    seconds = 0 if created is None else round((created - datetime(1904, 1, 1, tzinfo=UTC)).total_seconds())
    return bytes(4) + struct.pack(">IIII", seconds, seconds, scale, scale * duration_s)


def chunk(kind: bytes, payload: bytes) -> bytes:
    """A chunk of a RIFF file."""
    return kind + struct.pack("<I", len(payload)) + payload + bytes(len(payload) % 2)


def wave(*chunks: bytes, block_bytes: int = 2) -> bytes:
    """A second of silence as a WAVE file with further chunks in front of the sound."""
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16000, block_bytes, 16)
    body = b"WAVE" + chunk(b"fmt ", form) + b"".join(chunks) + chunk(b"data", bytes(16000))
    return b"RIFF" + struct.pack("<I", len(body)) + body


def broadcast(originator: str) -> bytes:
    """A broadcast extension chunk."""
    return chunk(
        b"bext", bytes(256) + originator.encode().ljust(32, b"\0") + bytes(32) + b"2023-05-0612:00:00" + bytes(264)
    )


def id3(frames: Mapping[str, str]) -> bytes:
    """An ID3v2.3 tag of text frames."""
    body = b"".join(
        name.encode() + struct.pack(">IH", 1 + len(text), 0) + b"\0" + text.encode("latin-1")
        for name, text in frames.items()
    )
    size = bytes((len(body) >> 21 & 127, len(body) >> 14 & 127, len(body) >> 7 & 127, len(body) & 127))
    return b"ID3\x03\0\0" + size + body


def mp3(frames: Mapping[str, str], encoder: bytes) -> bytes:
    """The beginning of an MP3: a tag, and the frame that an encoder signs."""
    head = b"\xff\xfb\x90\x64" + bytes(32) + b"Info" + bytes(116) + encoder.ljust(9, b"\0")
    return id3(frames) + head.ljust(417, b"\0") + (b"\xff\xfb\x90\x64" + bytes(413)) * 3
