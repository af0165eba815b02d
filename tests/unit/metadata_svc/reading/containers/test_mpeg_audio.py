from __future__ import annotations

import pytest

from metadata_svc.reading.containers import mpeg_audio
from metadata_svc.reading.containers.found import Found
from metadata_svc.reading.containers.id3 import read_frames
from metadata_svc.reading.window import Window
from tests.support.container_factory import id3, mp3
from tests.support.sound_factory import clicks, recording


def test_an_mp3_of_ffmpeg_is_signed_in_its_tag_and_in_its_first_frame() -> None:
    container = mpeg_audio.read_mp3(Window.of_bytes(recording("mp3", clicks([0.1], 0.5)))).container
    assert container["layout"][0] == "ID3v2"
    assert container["writer"].startswith("Lavf")
    assert container["encoder"].startswith("Lav")
    assert container["tracks"][0]["codec"] == "MPEG Layer III"


@pytest.mark.parametrize("encoder", ["LAME3.100", "Lavc60.31"])
def test_whoever_signed_the_first_frame_is_the_encoder(encoder: str) -> None:
    container = mpeg_audio.read_mp3(Window.of_bytes(mp3({"TSSE": "x"}, encoder.encode()))).container
    assert container["encoder"] == encoder


def test_the_frame_of_fraunhofers_encoder_is_known() -> None:
    frame = b"\xff\xfb\x90\x64" + bytes(32) + b"VBRI" + bytes(380)
    assert mpeg_audio.read_mp3(Window.of_bytes(frame)).container["encoder"] == "Fraunhofer"


def test_an_aac_stream_tells_its_profile_and_its_encoder() -> None:
    container = mpeg_audio.read_adts(Window.of_bytes(recording("aac", clicks([0.1], 0.5)))).container
    assert [track["profile"] for track in container["tracks"]] == ["AAC LC"]
    assert container["encoder"].startswith("Lavc")


@pytest.mark.parametrize(
    ("version", "frame"),
    [
        (2, b"TSS\0\0\5\0Suno"),
        (3, b"TSSE\0\0\0\5\0\0\0Suno"),
        (4, b"TSSE\0\0\0\5\0\0\3Suno"),
        (3, b"TSSE\0\0\0\x0b\0\0\1" + "\ufeffSuno".encode("utf-16-le")),
    ],
)
def test_every_version_and_encoding_of_a_tag_is_read(version: int, frame: bytes) -> None:
    found = Found()
    read_frames(b"ID3" + bytes((version, 0, 0, 0, 0, 0, len(frame))) + frame, found)
    assert found.texts == [("ID3", "TSSE", "Suno")]


def test_a_text_with_a_name_of_its_own_goes_by_that_name() -> None:
    found = Found()
    read_frames(id3({"TXXX": "encoder\0HeyGen", "COMM": "eng\0a comment"}), found)
    assert found.texts == [("ID3", "encoder", "HeyGen"), ("ID3", "COMM", "a comment")]


def test_a_stream_without_a_frame_has_no_track() -> None:
    assert mpeg_audio.read_mp3(Window.of_bytes(id3({"TIT2": "x"}))).container["tracks"] == []
