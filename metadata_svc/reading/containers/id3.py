"""ID3v2 tags (id3.org, versions 2.2 to 2.4), in front of MP3 and AAC streams and inside RIFF and AIFF."""

from __future__ import annotations

from metadata_svc.reading.containers.found import MAX_TEXT_BYTES, Found
from metadata_svc.reading.text import clean, decode
from metadata_svc.reading.window import Window, number

GROUP = "ID3"
HEADER_BYTES = 10
_MAX_BYTES = 1 << 21
_MAX_FRAMES = 500
_OLD_NAMES = {"TSS": "TSSE", "TEN": "TENC", "COM": "COMM", "TXX": "TXXX", "TT2": "TIT2", "TP1": "TPE1", "TYE": "TYER"}
_ENCODINGS = {1: "utf-16", 2: "utf-16-be"}
_XMP_OWNER = b"XMP\0"


def size_bytes(window: Window, start: int = 0) -> int:
    """Length of the tag at an offset, header included; 0 where there is none."""
    head = window.read(start, HEADER_BYTES)
    return HEADER_BYTES + _synchsafe(head[6:10]) if head[:3] == b"ID3" and len(head) == HEADER_BYTES else 0


def read(window: Window, start: int, found: Found) -> int:
    """Reads the tag at an offset, if any; gives where it ends."""
    size = size_bytes(window, start)
    if size:
        read_frames(window.read(start, min(size, _MAX_BYTES)), found)
    return start + size


def read_frames(raw: bytes, found: Found) -> None:
    """Texts of a whole tag that begins with its header."""
    if raw[:3] != b"ID3" or len(raw) < HEADER_BYTES:
        return
    version, flags = raw[3], raw[5]
    body = raw[HEADER_BYTES:]
    if flags & 0x80 and version < 4:
        body = body.replace(b"\xff\0", b"\xff")
    at = 0
    if flags & 0x40 and version > 2:
        at = _synchsafe(body[:4]) if version == 4 else 4 + number(body[:4])
    name_bytes, header = (3, 6) if version == 2 else (4, 10)
    for _ in range(_MAX_FRAMES):
        head = body[at : at + header]
        if len(head) < header or not head[0]:
            return
        size = number(head[3:6]) if version == 2 else _synchsafe(head[4:8]) if version == 4 else number(head[4:8])
        name = clean(head[:name_bytes].decode("latin-1"), 4)
        _frame(_OLD_NAMES.get(name, name), body[at + header : at + header + min(size, MAX_TEXT_BYTES)], found)
        at += header + size


def _frame(name: str, raw: bytes, found: Found) -> None:
    if name in ("TXXX", "COMM") and raw:
        text = raw[4:] if name == "COMM" else raw[1:]
        label, value = _halves(raw[0], text)
        found.add_text(GROUP, label if name == "TXXX" and label else name, value)
    elif name.startswith("T") and raw:
        found.add_text(GROUP, name, _text(raw[0], raw[1:]))
    elif name == "PRIV" and raw.startswith(_XMP_OWNER):
        found.xmp = found.xmp or raw[len(_XMP_OWNER) :]


def _halves(encoding: int, raw: bytes) -> tuple[str, str]:
    """A short description and the text behind it."""
    text = _text(encoding, raw)
    label, separator, value = text.partition("\0")
    return (clean(label, 80), value) if separator else ("", text)


def _text(encoding: int, raw: bytes) -> str:
    text = raw.decode(_ENCODINGS[encoding], "replace") if encoding in _ENCODINGS else decode(raw)
    return text.replace("\ufeff", "")


def _synchsafe(raw: bytes) -> int:
    """A number of seven bits a byte."""
    size = 0
    for byte in raw:
        size = size << 7 | byte & 0x7F
    return size
