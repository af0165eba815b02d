from __future__ import annotations

import pytest

from metadata_svc.reading import xmp
from tests.support.metadata_files import xmp as packet

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{(f"&{chr(97 + i)};") * 10}">' for i in range(9)
) + "]>"  # fmt: skip


def test_elements_attributes_and_lists_become_tags() -> None:
    body = "<xmp:CreatorTool>GIMP</xmp:CreatorTool><tiff:Model><rdf:Bag><rdf:li>X100</rdf:li></rdf:Bag></tiff:Model>"
    assert xmp.read(packet(body)) == [
        {"group": "XMP", "name": "CreatorTool", "value": "GIMP"},
        {"group": "XMP", "name": "Model", "value": "X100"},
    ]
    attribute = packet("").replace(b"<rdf:Description ", b'<rdf:Description xmp:CreatorTool="GIMP" ')
    assert xmp.read(attribute) == [{"group": "XMP", "name": "CreatorTool", "value": "GIMP"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_packet_with_entities_is_not_read(encoding: str) -> None:
    bomb = packet("<xmp:CreatorTool>&j;</xmp:CreatorTool>", LAUGHS).decode().encode(encoding)
    assert xmp.read(bomb) == []


def test_an_outside_entity_is_not_read() -> None:
    prolog = '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    assert xmp.read(packet("<xmp:CreatorTool>&file;</xmp:CreatorTool>", prolog)) == []


def test_what_stands_before_a_fault_is_kept() -> None:
    broken = packet("<xmp:CreatorTool>GIMP</xmp:CreatorTool>")[:-30]
    assert [tag["value"] for tag in xmp.read(broken)] == ["GIMP"]


def test_depth_and_number_of_tags_are_bounded() -> None:
    assert xmp.read(b"<a>" * 100_000) == []
    assert len(xmp.read(packet("<xmp:Rating>5</xmp:Rating>" * 5000))) <= 400


def test_a_packet_is_found_in_a_container_without_a_walker() -> None:
    inner = packet("<xmp:CreatorTool>GIMP</xmp:CreatorTool>")
    assert xmp.find_packet(b"II*\0...." + inner + b"rest") == inner
    assert xmp.find_packet(b"<x:xmpmeta without an end") == b""


def test_a_declared_encoding_is_not_obeyed() -> None:
    prolog = '<?xml version="1.0" encoding="shift_jis"?>'
    assert [tag["value"] for tag in xmp.read(packet("<xmp:CreatorTool>é</xmp:CreatorTool>", prolog))] == ["é"]


def test_a_packet_in_utf_16_is_read() -> None:
    wide = packet("<xmp:CreatorTool>GIMP</xmp:CreatorTool>").decode().encode("utf-16")
    assert [tag["value"] for tag in xmp.read(wide)] == ["GIMP"]
