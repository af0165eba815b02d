"""Files that are two things at once: a picture for us, an archive, document or script for somebody else.

What readers of those look for at fixed places is looked for here, in a few kilobytes of the file. What may stand anywhere is for
whoever reads every byte: a scanner before the file is stored.

Trailers that cameras write (a second JPEG of MPF, the video of a motion photo, vendor blocks) are no reason to refuse.
"""

from __future__ import annotations

import re
import struct

from kit.errors import PolyglotMedia
from kit.media.file import MediaFile

_HEAD_BYTES = 1024  # where readers of PDF look for its header, and browsers for HTML
_SCRIPT = re.compile(rb"<(?:script|html|!doctype html|\?php|iframe|body|svg)[\s>/]", re.IGNORECASE)
# Lengths and sizes that open a comment or begin an assignment in JavaScript: a GIF 10,799 or over 8,253 px wide, a first segment
# of 12,074 bytes in a JPEG that no camera writes like that.
_SCRIPT_IN_LENGTHS = re.compile(
    rb"GIF8[79]a(?:/\*|=[\x20-\x7e])|\xff\xd8\xff[\xe0-\xef\xfe]/\*(?!Exif\0|http://)", re.DOTALL
)
_SIZED = {b"BM": 2, b"RIFF": 4, b"RF64": 4}  # where the file's own length stands
_SCRIPT_IN_SIZE = re.compile(rb"/\*|=[\x20-\x7e]{3}")  # honest lengths look like the former once in 65,536 files
_TAR_AT, _TAR = 257, b"ustar"  # POSIX.1-1988; the name of its first member may be anything, a JPEG's beginning as well
_ISO_AT, _ISO = (32_769, 34_817, 36_865), b"CD001"  # ECMA-119, 8.1: what stands in front is the system's own affair
_END_OF_ZIP = struct.Struct("<4s4H2LH")
_DIRECTORIES = (b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06")
_MAX_ZIP_TAIL_BYTES = _END_OF_ZIP.size + 0xFFFF


def refuse_polyglot(media: MediaFile) -> None:
    """Raise PolyglotMedia if the file also opens as PDF, HTML, PHP, JavaScript, ZIP, tar or an image of a disk."""
    head = media.head(_HEAD_BYTES)
    if b"%PDF-" in head:
        raise _polyglot("PDF document")
    if _SCRIPT.search(head) or _SCRIPT_IN_LENGTHS.match(head) or _opens_script_by_size(head, media.size_bytes):
        raise _polyglot("web page or script")
    if head[_TAR_AT:].startswith(_TAR):
        raise _polyglot("tar archive")
    if any(media.read_at(at, len(_ISO)) == _ISO for at in _ISO_AT):
        raise _polyglot("image of a disk")
    if _ends_as_zip(media):
        raise _polyglot("ZIP archive")


def _opens_script_by_size(head: bytes, size_bytes: int) -> bool:
    """Whether the place of the file's length holds JavaScript, and not that length."""
    for magic, at in _SIZED.items():
        if head.startswith(magic) and _SCRIPT_IN_SIZE.match(head[at:]):
            claimed_bytes = int.from_bytes(head[at : at + 4], "little") + (0 if magic == b"BM" else 8)
            return claimed_bytes != size_bytes
    return False


def _ends_as_zip(media: MediaFile) -> bool:
    """Whether the tail holds an end of central directory that fits (APPNOTE 4.3.16), not just its four magic bytes."""
    tail = media.tail(_MAX_ZIP_TAIL_BYTES)
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if len(tail) - at >= _END_OF_ZIP.size and _plausible_end(media, tail, at):
            return True
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return False


def _plausible_end(media: MediaFile, tail: bytes, at: int) -> bool:
    _, disk, directory_disk, here, total, directory_bytes, directory_at, comment_bytes = _END_OF_ZIP.unpack_from(
        tail, at
    )
    if at + _END_OF_ZIP.size + comment_bytes > len(tail) or here != total or disk != directory_disk:
        return False
    start = at - directory_bytes
    # Some readers go by its length, others by where it says to be.
    return start < 0 or tail[start : start + 4] in _DIRECTORIES or media.read_at(directory_at, 4) in _DIRECTORIES


def _polyglot(other: str) -> PolyglotMedia:
    return PolyglotMedia(
        f"The file is also a {other}. Send the picture alone, without anything put before, into or behind it.",
        also=other,
    )
