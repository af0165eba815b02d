"""FLAC (RFC 9639) and Ogg (RFC 3533) with Vorbis, Opus (RFC 7845), FLAC or Speex inside."""

from __future__ import annotations

from metadata_svc.reading.containers import id3, vorbis_comment
from metadata_svc.reading.containers.found import SOUND, Found, empty_track
from metadata_svc.reading.window import Window, number

_MAX_BLOCKS = 128
_MAX_BYTES = 1 << 20
_MAX_PAGES = 64
_BLOCKS = {
    0: "STREAMINFO", 1: "PADDING", 2: "APPLICATION", 3: "SEEKTABLE", 4: "VORBIS_COMMENT", 5: "CUESHEET", 6: "PICTURE",
}  # fmt: skip
_COMMENT = 4
# How the first packet of each stream begins, its name, and how many bytes stand before the comment in its second packet.
_OGG = {b"\x01vorbis": ("Vorbis", 7), b"OpusHead": ("Opus", 8), b"\x7fFLAC": ("FLAC", 4), b"Speex   ": ("Speex", 0)}


def read_flac(window: Window) -> Found:
    """A FLAC file, with or without an ID3 tag in front."""
    found = Found()
    found.container["format"] = "FLAC"
    _add_track(found, "FLAC")
    at = id3.read(window, 0, found) + 4
    for _ in range(_MAX_BLOCKS):
        head = window.read(at, 4)
        if len(head) < 4:
            break
        kind, size = head[0] & 0x7F, number(head[1:])
        found.add_part(_BLOCKS.get(kind, f"block {kind}"))
        if kind == _COMMENT:
            vorbis_comment.read(window.read(at + 4, min(size, _MAX_BYTES)), found)
        at += 4 + size
        if head[0] & 0x80:
            break
    return found


def read_ogg(window: Window) -> Found:
    """An Ogg file: its first stream."""
    found = Found()
    found.container["format"] = "Ogg"
    packets = _packets(window, 2)
    for magic, (name, skip) in _OGG.items():
        if packets and packets[0].startswith(magic):
            found.container["format"] = f"Ogg {name}"
            _add_track(found, name)
            found.add_part("header")
            if len(packets) > 1:
                found.add_part("comment")
                vorbis_comment.read(packets[1][skip:], found)
    return found


def _add_track(found: Found, codec: str) -> None:
    track = empty_track()
    track["kind"], track["codec"] = SOUND, codec
    found.container["tracks"].append(track)


def _packets(window: Window, wanted: int) -> list[bytes]:
    """The first packets of the first stream, each of a megabyte at most."""
    packets: list[bytes] = []
    at, open_packet, serial = 0, bytearray(), window.read(14, 4)
    for _ in range(_MAX_PAGES):
        head = window.read(at, 27)
        if len(head) < 27 or head[:4] != b"OggS":
            break
        laces = window.read(at + 27, head[26])
        body, size = at + 27 + len(laces), sum(laces)
        at = body + size
        if head[14:18] != serial:
            continue
        raw, start = window.read(body, size), 0
        for lace in laces:
            if len(open_packet) < _MAX_BYTES:
                open_packet += raw[start : start + lace]
            start += lace
            if lace < 255:
                packets.append(bytes(open_packet))
                open_packet.clear()
        if len(packets) >= wanted:
            break
    return packets[:wanted]
