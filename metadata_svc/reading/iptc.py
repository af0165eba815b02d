"""Photoshop image resources and the IPTC-IIM records inside them (IPTC IIM 4.2; Adobe Photoshop File Formats)."""

from __future__ import annotations

from collections.abc import Iterator

from metadata_svc.reading.text import Tag, decode, tag

_IPTC_RESOURCE = 0x0404
_MAX_RESOURCES = 500
_MAX_RECORDS = 200
# Only Photoshop itself writes these; other programs that store IPTC write resource 0x0404 and its digest alone.
_PHOTOSHOP_OWN = {0x0421: "Version info", 0x0406: "JPEG quality", 0x040D: "Global angle"}
_DATASETS = {
    (2, 5): "ObjectName",
    (2, 55): "DateCreated",
    (2, 65): "OriginatingProgram",
    (2, 70): "ProgramVersion",
    (2, 80): "By-line",
    (2, 110): "Credit",
    (2, 115): "Source",
    (2, 116): "CopyrightNotice",
    (2, 120): "Caption",
}


def read(resources: bytes) -> list[Tag]:
    """IPTC datasets that have a name here, and resources that Photoshop alone writes."""
    tags: list[Tag] = []
    for number, body in _resources(resources):
        if number == _IPTC_RESOURCE:
            tags += _datasets(body)
        elif number in _PHOTOSHOP_OWN:
            tags.append(tag("8BIM", _PHOTOSHOP_OWN[number], f"{len(body)} bytes"))
    return tags


def _resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    for _ in range(_MAX_RESOURCES):
        if data[at : at + 4] != b"8BIM" or at + 12 > len(data):
            return
        number = int.from_bytes(data[at + 4 : at + 6], "big")
        name_length = data[at + 6] + 1
        body = at + 6 + name_length + name_length % 2
        length = int.from_bytes(data[body : body + 4], "big")
        yield number, data[body + 4 : body + 4 + length]
        at = body + 4 + length + length % 2


def _datasets(data: bytes) -> Iterator[Tag]:
    at = 0
    for _ in range(_MAX_RECORDS):
        if data[at : at + 1] != b"\x1c" or at + 5 > len(data):
            return
        key = (data[at + 1], data[at + 2])
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        if length & 0x8000:
            return
        if key in _DATASETS:
            yield tag("IPTC", _DATASETS[key], decode(data[at + 5 : at + 5 + length]))
        at += 5 + length
