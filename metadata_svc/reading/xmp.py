"""XMP packets (ISO 16684-1) read as a flat list of properties, with a parser that refuses document types.

XMP never needs a DTD, and a DTD is what entity expansion ("billion laughs") and outside entities need: a packet that has one
is not read at all.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from xml.parsers import expat

from metadata_svc.reading.text import MAX_TAGS, Tag, tag

_MAX_BYTES = 1 << 20
_MAX_DEPTH = 40
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LISTS = {"li", "Description", "Seq", "Bag", "Alt", "RDF"}
_SEPARATOR = " "


class _Refused(Exception):
    """The packet holds what no XMP packet needs."""


@dataclass
class _Properties:
    """Collects attributes and leaf texts under the name of the nearest property."""

    tags: list[Tag] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    text: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.path) >= _MAX_DEPTH or len(self.tags) >= MAX_TAGS:
            raise _Refused
        self.path.append(name)
        self.text = ""
        for attribute, value in attributes.items():
            self._add(attribute, value)

    def end(self, _name: str) -> None:
        if self.text.strip():
            self._add(self._nearest(), self.text)
        self.text = ""
        self.path.pop()

    def characters(self, text: str) -> None:
        if len(self.text) < _MAX_BYTES:
            self.text += text

    def refuse_document_type(self, *_declaration: object) -> None:
        raise _Refused

    def _nearest(self) -> str:
        """The innermost element that is a property and not one of RDF's list parts."""
        names = (name for name in reversed(self.path) if not _is_list_part(name))
        return next(names, self.path[-1])

    def _add(self, name: str, value: str) -> None:
        namespace, _, local = name.rpartition(_SEPARATOR)
        if namespace != _RDF and value.strip():
            self.tags.append(tag("XMP", local, value))


def read(packet: bytes) -> list[Tag]:
    """Properties of a packet in document order. What stands before a fault is kept; a packet with a document type gives none."""
    properties = _Properties()
    # XMP is Unicode; a packet that declares another encoding would have Python look for a codec of a stranger's choice.
    encoding = "utf-16" if packet.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    parser = expat.ParserCreate(encoding, namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = properties.start
    parser.EndElementHandler = properties.end
    parser.CharacterDataHandler = properties.characters
    parser.StartDoctypeDeclHandler = properties.refuse_document_type
    try:
        parser.Parse(packet[:_MAX_BYTES].strip(b"\x00 \r\n\t"), True)
    except (expat.ExpatError, _Refused):
        # Half a packet still says who wrote it; the fault itself says nothing about the picture.
        return properties.tags
    return properties.tags


def find_packet(data: bytes) -> bytes:
    """The first packet in a container that has no walker of its own (TIFF, AVIF, HEIC); empty when there is none."""
    start = data.find(b"<x:xmpmeta")
    end = data.find(b"</x:xmpmeta>", start)
    return data[start : end + len(b"</x:xmpmeta>")] if 0 <= start < end else b""


def _is_list_part(name: str) -> bool:
    namespace, _, local = name.rpartition(_SEPARATOR)
    return namespace == _RDF and local in _LISTS
