from __future__ import annotations

from metadata_svc.reading import iptc


def resource(number: int, body: bytes) -> bytes:
    return b"8BIM" + number.to_bytes(2, "big") + b"\0\0" + len(body).to_bytes(4, "big") + body + b"\0" * (len(body) % 2)


def dataset(record: int, number: int, text: bytes) -> bytes:
    return bytes([0x1C, record, number]) + len(text).to_bytes(2, "big") + text


def test_named_datasets_are_read_and_others_left() -> None:
    body = dataset(2, 0, b"\0\2") + dataset(2, 65, b"Adobe Photoshop") + dataset(2, 110, b"Made with Google AI")
    assert iptc.read(resource(0x0404, body)) == [
        {"group": "IPTC", "name": "OriginatingProgram", "value": "Adobe Photoshop"},
        {"group": "IPTC", "name": "Credit", "value": "Made with Google AI"},
    ]


def test_resources_that_photoshop_alone_writes_are_named() -> None:
    assert [tag["name"] for tag in iptc.read(resource(0x0421, b"12345"))] == ["Version info"]
    assert iptc.read(resource(0x0425, b"digest")) == []


def test_damaged_resources_end_the_reading() -> None:
    assert iptc.read(b"8BIM\x04\x04") == []
    assert iptc.read(resource(0x0404, b"\x1c\x02\x65\xff\xff")) == []
    assert iptc.read(b"\0" * 100) == []
