from __future__ import annotations

import struct

import pytest

from metadata_svc.reading.containers import xiph
from metadata_svc.reading.window import Window
from tests.support.container_factory import id3
from tests.support.sound_factory import clicks, recording


def comments(*texts: str) -> bytes:
    listed = [struct.pack("<I", len(text)) + text.encode() for text in texts[1:]]
    return struct.pack("<I", len(texts[0])) + texts[0].encode() + struct.pack("<I", len(listed)) + b"".join(listed)


def flac(comment: bytes) -> bytes:
    return b"fLaC\0\0\0\x22" + bytes(34) + b"\x84" + len(comment).to_bytes(3, "big") + comment


def test_the_vendor_and_the_comments_of_a_flac_are_read() -> None:
    found = xiph.read_flac(Window.of_bytes(flac(comments("reference libFLAC 1.4.3", "COMMENT=made with Suno"))))
    assert found.container["layout"] == ["STREAMINFO", "VORBIS_COMMENT"]
    assert found.container["writer"] == "reference libFLAC 1.4.3"
    assert ("Vorbis comment", "COMMENT", "made with Suno") in found.texts


def test_a_flac_of_ffmpeg_names_itself() -> None:
    container = xiph.read_flac(Window.of_bytes(recording("flac", clicks([0.1], 0.5)))).container
    assert container["writer"].startswith("Lavf")


def test_a_tag_in_front_of_a_flac_is_passed() -> None:
    found = xiph.read_flac(Window.of_bytes(id3({"TIT2": "x"}) + flac(comments("vendor"))))
    assert found.container["writer"] == "vendor"


@pytest.mark.parametrize(("kind", "name"), [("vorbis", "Ogg Vorbis"), ("opus", "Ogg Opus")])
def test_the_vendor_of_an_ogg_is_read(kind: str, name: str) -> None:
    container = xiph.read_ogg(Window.of_bytes(recording(kind, clicks([0.1], 0.5)))).container
    assert container["format"] == name
    assert container["writer"].startswith("Lavf")


@pytest.mark.parametrize("count", [2**31 - 1, 2**32 - 1])
def test_a_count_that_cannot_be_costs_nothing(count: int) -> None:
    raw = struct.pack("<I", 0) + struct.pack("<I", count)
    assert xiph.read_flac(Window.of_bytes(flac(raw))).texts == []
