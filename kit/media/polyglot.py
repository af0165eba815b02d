"""Files that are two things at once: a picture for us, an archive, document or script for somebody else.

Trailers that cameras write (a second JPEG of MPF, the video of a motion photo, vendor blocks) are no reason to refuse.
"""

from __future__ import annotations

import re
import struct

from kit.errors import PolyglotMedia
from kit.media.file import MediaFile

_HEAD_BYTES = 1024  # where readers of PDF look for its header, and browsers for HTML
_SCRIPT = re.compile(rb"<(?:script|html|!doctype html|\?php|iframe|body|svg)[\s>/]", re.IGNORECASE)
_GIF_SCRIPT = re.compile(rb"GIF8[79]a/\*")  # a width of 10,799 px that opens a comment in JavaScript
_END_OF_ZIP = struct.Struct("<4s4H2LH")
_MAX_ZIP_TAIL_BYTES = _END_OF_ZIP.size + 0xFFFF


def refuse_polyglot(media: MediaFile) -> None:
    """Raise PolyglotMedia if the file also opens as PDF, HTML, PHP, JavaScript or ZIP."""
    head = media.head(_HEAD_BYTES)
    if b"%PDF-" in head:
        raise _polyglot("PDF document")
    if _SCRIPT.search(head) or _GIF_SCRIPT.match(head):
        raise _polyglot("web page or script")
    if _ends_as_zip(media.tail(_MAX_ZIP_TAIL_BYTES)):
        raise _polyglot("ZIP archive")


def _ends_as_zip(tail: bytes) -> bool:
    """Whether `tail` holds an end of central directory that fits (APPNOTE 4.3.16), not just its four magic bytes."""
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if len(tail) - at >= _END_OF_ZIP.size and _plausible_end(tail, at):
            return True
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return False


def _plausible_end(tail: bytes, at: int) -> bool:
    _, disk, directory_disk, here, total, directory_bytes, _, comment_bytes = _END_OF_ZIP.unpack_from(tail, at)
    if at + _END_OF_ZIP.size + comment_bytes > len(tail) or here != total or disk != directory_disk:
        return False
    start = at - directory_bytes
    return start < 0 or tail[start : start + 4] in (b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06")


def _polyglot(other: str) -> PolyglotMedia:
    return PolyglotMedia(
        f"The file is also a {other}. Send the picture alone, without anything put before, into or behind it.",
        also=other,
    )
