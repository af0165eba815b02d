"""Tags of ISO base media files: user data, iTunes lists, and QuickTime's metadata keys."""

from __future__ import annotations

from metadata_svc.reading.containers.boxes import Box, children, inside
from metadata_svc.reading.containers.found import MAX_TEXT_BYTES, Found
from metadata_svc.reading.text import clean, decode
from metadata_svc.reading.window import Window, number

_MAX_KEYS = 200
_MAX_MARKS = 32
QUICKTIME = "QuickTime"
ITUNES = "iTunes"
USER_DATA = "QuickTime user data"
# Types of values (QuickTime File Format, "Well-known data types"): reserved (bytes), UTF-8, UTF-16.
_UTF16 = 2
_TEXT_TYPES = (0, 1)


def user_data(window: Window, udta: Box, found: Found) -> None:
    """Texts under "©" names, private boxes as marks, and the "meta" box inside."""
    for box in children(window, udta):
        if box.kind == "meta":
            meta(window, box, found)
        elif box.kind.startswith("©"):
            found.add_text(USER_DATA, box.kind, _international(box.payload(window, MAX_TEXT_BYTES)))
        elif box.kind.isascii() and box.kind.isprintable():
            _private(window, box, found)


def meta(window: Window, box: Box, found: Found) -> None:
    """The list of items of a "meta" box, by the names in its "keys" box where it has one."""
    # QuickTime's own form has no version and flags in front of its children.
    plain = box.payload(window, 8)[4:8] == b"hdlr"
    parts = {child.kind: child for child in children(window, box, 0 if plain else 4)}
    keys = _keys(window, parts["keys"]) if "keys" in parts else []
    if "ilst" in parts:
        for item in children(window, parts["ilst"]):
            _item(window, item, keys, found)


def _private(window: Window, box: Box, found: Found) -> None:
    marks = found.container["marks"]
    if len(marks) < _MAX_MARKS and box.kind not in marks:
        marks.append(box.kind)
    if box.kind in ("FIRM", "manu", "modl", "auth"):
        raw = box.payload(window, 200)
        # 3GPP's texts begin with version, flags and language; GoPro's are bare.
        found.add_text(USER_DATA, box.kind, raw[6:] if raw[:4] == bytes(4) else raw)


def _keys(window: Window, box: Box) -> list[str]:
    return [
        clean(decode(key.payload(window, 200)), 80)
        for key, _ in zip(children(window, box, 8), range(_MAX_KEYS), strict=False)
    ]


def _item(window: Window, item: Box, keys: list[str], found: Found) -> None:
    index = number(item.kind.encode("latin-1"))
    group, name = (QUICKTIME, keys[index - 1]) if 0 < index <= len(keys) else (ITUNES, item.kind)
    if item.kind == "----":
        label = inside(window, item, "name")
        name = decode(label.payload(window, 200)[4:]) if label else name
    value = inside(window, item, "data")
    if value is None:
        return
    raw = value.payload(window, 8 + MAX_TEXT_BYTES)
    kind = number(raw[1:4])
    if kind in _TEXT_TYPES:
        found.add_text(group, name, raw[8:] if kind else _printable(raw[8:]))
    elif kind == _UTF16:
        found.add_text(group, name, raw[8:].decode("utf-16-be", "replace"))


def _international(raw: bytes) -> bytes:
    """The first text of QuickTime's list of (length, language, text); iTunes puts a "data" box there."""
    if raw[4:8] == b"data":
        return raw[16:]
    size = number(raw[:2])
    return raw[4 : 4 + size] if 0 < size <= len(raw) - 4 else raw


def _printable(raw: bytes) -> bytes:
    """Values without a type are texts or numbers; numbers are left out."""
    return raw if raw and min(raw) >= 9 else b""
