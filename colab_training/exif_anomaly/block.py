"""An EXIF block taken apart and put together again (TIFF 6.0; CIPA DC-008). For files of one's own, not for a stranger's."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

from metadata_svc.reading import jpeg
from metadata_svc.reading.tiff import EXIF, GPS, IFD0, INTEROPERABILITY, PREVIEW

_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_POINTERS: Final = {(IFD0, 0x8769): EXIF, (IFD0, 0x8825): GPS, (EXIF, 0xA005): INTEROPERABILITY}
_PREVIEW_AT, _PREVIEW_BYTES = 0x0201, 0x0202
_EXIF_PREFIX: Final = b"Exif\0\0"
_ASCII: Final = 2


@dataclass
class Entry:
    """A tag with its value as bytes in the block's order."""

    tag: int
    kind: int
    data: bytes


@dataclass
class Block:
    """Directories by name, each in file order; pointers between them are made when it is written."""

    order: str
    directories: dict[str, list[Entry]] = field(default_factory=dict)
    preview: bytes = b""

    def drop(self, directory: str, *tags: int) -> None:
        """Takes tags away."""
        kept = [entry for entry in self.directories.get(directory, []) if entry.tag not in tags]
        self.directories[directory] = kept

    def put(self, directory: str, tag: int, kind: int, data: bytes) -> None:
        """Sets a tag: in place where it is, at its place in the order where it is new."""
        entries = self.directories.setdefault(directory, [])
        known = [entry for entry in entries if entry.tag == tag]
        if known:
            known[0].kind, known[0].data = kind, data
        else:
            entries.append(Entry(tag, kind, data))
            entries.sort(key=lambda entry: entry.tag)

    def put_text(self, directory: str, tag: int, text: str) -> None:
        """Sets a text."""
        self.put(directory, tag, _ASCII, text.encode("ascii") + b"\0")

    def text(self, directory: str, tag: int) -> str:
        """A text; empty when it is missing."""
        values = [entry.data for entry in self.directories.get(directory, []) if entry.tag == tag]
        return values[0].split(b"\0")[0].decode("latin-1") if values else ""


def parse(exif: bytes) -> Block:
    """The block of a TIFF structure; entries whose value lies outside are left away."""
    block = Block("<" if exif[:2] == b"II" else ">")
    (first,) = struct.unpack_from(block.order + "I", exif, 4)
    following = _parse_directory(exif, block, IFD0, first)
    if 0 < following < len(exif) - 2:
        _parse_directory(exif, block, PREVIEW, following)
    return block


def _parse_directory(exif: bytes, block: Block, name: str, at: int) -> int:
    order = block.order
    (count,) = struct.unpack_from(order + "H", exif, at)
    places = {}
    block.directories[name] = []
    for start in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, length, value = struct.unpack_from(order + "HHII", exif, start)
        places[tag] = value
        size = _SIZES.get(kind, 0) * length
        data = exif[start + 8 : start + 8 + size] if size <= 4 else exif[value : value + size]
        if (name, tag) in _POINTERS:
            _parse_directory(exif, block, _POINTERS[name, tag], value)
        elif name == PREVIEW and tag in (_PREVIEW_AT, _PREVIEW_BYTES):
            continue
        elif size and len(data) == size:
            block.directories[name].append(Entry(tag, kind, data))
    if name == PREVIEW and {_PREVIEW_AT, _PREVIEW_BYTES} <= places.keys():
        block.preview = exif[places[_PREVIEW_AT] : places[_PREVIEW_AT] + places[_PREVIEW_BYTES]]
    end = at + 2 + 12 * count
    return int(struct.unpack_from(order + "I", exif, end)[0]) if end + 4 <= len(exif) else 0


def written(block: Block) -> bytes:
    """The block as a TIFF structure."""
    head = {"<": b"II*\0", ">": b"MM\0*"}[block.order] + struct.pack(block.order + "I", 8)
    main, exif_at = _written_chain(block, IFD0, 8)
    if PREVIEW not in block.directories:
        return head + main + exif_at
    preview_at = 8 + len(main) + len(exif_at)
    main, exif_at = _written_chain(block, IFD0, 8, following=preview_at)
    entries = list(block.directories[PREVIEW])
    if block.preview:
        for tag, value in ((_PREVIEW_AT, 0), (_PREVIEW_BYTES, len(block.preview))):
            entries.append(Entry(tag, 4, struct.pack(block.order + "I", value)))
        entries.sort(key=lambda entry: entry.tag)
        size = len(_written_directory(block.order, entries, preview_at, 0))
        next(e for e in entries if e.tag == _PREVIEW_AT).data = struct.pack(block.order + "I", preview_at + size)
    return head + main + exif_at + _written_directory(block.order, entries, preview_at, 0) + block.preview


def _written_chain(block: Block, name: str, at: int, following: int = 0) -> tuple[bytes, bytes]:
    """A directory at `at`, and behind it those that it points at."""
    below = [(tag, child) for (owner, tag), child in _POINTERS.items() if owner == name and child in block.directories]
    entries = block.directories.get(name, []) + [Entry(tag, 4, bytes(4)) for tag, _ in below]
    # A pointer goes to its place; the rest stays in the order in which it was, be it ascending or not.
    for tag, _ in below:
        pointer = next(entry for entry in entries if entry.tag == tag and entry.data == bytes(4))
        entries.remove(pointer)
        place = next((index for index, entry in enumerate(entries) if entry.tag > tag), len(entries))
        entries.insert(place, pointer)
    size = len(_written_directory(block.order, entries, at, following))
    children = b""
    for tag, child in below:
        offset = at + size + len(children)
        next(entry for entry in entries if entry.tag == tag).data = struct.pack(block.order + "I", offset)
        children += b"".join(_written_chain(block, child, offset))
    return _written_directory(block.order, entries, at, following), children


def _written_directory(order: str, entries: list[Entry], at: int, following: int) -> bytes:
    values_at = at + 2 + 12 * len(entries) + 4
    table, values = struct.pack(order + "H", len(entries)), b""
    for entry in entries:
        table += struct.pack(order + "HHI", entry.tag, entry.kind, len(entry.data) // _SIZES[entry.kind])
        if len(entry.data) <= 4:
            table += entry.data.ljust(4, b"\0")
        else:
            table += struct.pack(order + "I", values_at + len(values))
            values += entry.data + b"\0" * (len(entry.data) % 2)
    return table + struct.pack(order + "I", following) + values


def block_of(photo: bytes) -> Block:
    """The EXIF block of a JPEG."""
    return parse(jpeg.blocks(photo).exif)


def with_exif(photo: bytes, exif: bytes) -> bytes:
    """The JPEG with another EXIF segment in the place of its own, or as its first one."""
    segment = _EXIF_PREFIX + exif
    marker = b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment
    at = photo.find(_EXIF_PREFIX)
    if at < 0:
        return photo[:2] + marker + photo[2:]
    start = at - 4
    end = start + 2 + int.from_bytes(photo[at - 2 : at], "big")
    return photo[:start] + marker + photo[end:]
