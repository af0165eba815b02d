"""Text from untrusted files, made safe to store, to compare and to show."""

from __future__ import annotations

import unicodedata
import zlib
from typing import TypedDict

MAX_VALUE_CHARACTERS = 200
MAX_NAME_CHARACTERS = 80
MAX_TAGS = 400
MAX_INFLATED_BYTES = 1 << 20


class Tag(TypedDict):
    """One tag as read: the group it stands in, its name, its value as clean text."""

    group: str
    name: str
    value: str


def clean(text: str, limit: int = MAX_VALUE_CHARACTERS) -> str:
    """One line of printable text of at most `limit` characters; a cut is marked by an ellipsis.

    Control, format (also the ones that turn the writing direction), private and unassigned characters become spaces.
    """
    # Cut before cleaning so that a value of megabytes costs nothing.
    head = text[: 4 * limit]
    safe = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in head)
    line = " ".join(safe.split())
    return line if len(line) <= limit and len(text) <= 4 * limit else line[: limit - 1] + "…"


def tag(group: str, name: str, value: str) -> Tag:
    """A tag with all three texts cleaned and cut."""
    return {"group": clean(group, MAX_NAME_CHARACTERS), "name": clean(name, MAX_NAME_CHARACTERS), "value": clean(value)}


def decode(raw: bytes) -> str:
    """UTF-8 where it is valid, Latin-1 otherwise (which cannot fail)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def inflate(raw: bytes, limit: int = MAX_INFLATED_BYTES, wbits: int = zlib.MAX_WBITS) -> bytes:
    """At most `limit` bytes of a zlib stream (RFC 1950); what a damaged stream gave before its fault, maybe nothing.

    The bound makes a bomb cost one megabyte; `wbits` of 31 reads gzip (RFC 1952).
    """
    stream = zlib.decompressobj(wbits)
    try:
        return stream.decompress(raw, limit)
    except zlib.error:
        return b""
