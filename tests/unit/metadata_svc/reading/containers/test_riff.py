from __future__ import annotations

from fractions import Fraction

import pytest

from metadata_svc.reading.containers import riff
from metadata_svc.reading.window import Window
from tests.support.container_factory import broadcast, chunk, id3, wave
from tests.support.sound_factory import clicks, recording, rf64
from tests.support.video_factory import Recipe, steady, video


def info(kind: bytes, text: bytes) -> bytes:
    return chunk(b"LIST", b"INFO" + chunk(kind, text))


def test_a_wave_of_ffmpeg_names_its_writer() -> None:
    container = riff.read_wave(Window.of_bytes(recording("wav", clicks([0.1], 0.5)))).container
    assert container["format"] == "RIFF WAVE"
    assert container["writer"].startswith("Lavf")
    assert [(track["codec"], track["profile"]) for track in container["tracks"]] == [("PCM", "16 bit")]


def test_the_originator_of_a_broadcast_wave_is_read() -> None:
    found = riff.read_wave(Window.of_bytes(wave(broadcast("ZOOM H5"))))
    assert found.container["layout"] == ["fmt", "bext", "data"]
    assert ("Broadcast extension", "Originator", "ZOOM H5") in found.texts
    assert ("Broadcast extension", "OriginationDate", "2023-05-06") in found.texts


def test_a_tag_of_another_format_inside_is_read() -> None:
    found = riff.read_wave(Window.of_bytes(wave(chunk(b"id3 ", id3({"TSSE": "ElevenLabs"})))))
    assert ("ID3", "TSSE", "ElevenLabs") in found.texts


def test_a_header_whose_numbers_do_not_follow_from_each_other_is_a_flaw() -> None:
    assert riff.read_wave(Window.of_bytes(wave(block_bytes=7))).container["flaws"] == ["rate_impossible"]
    assert riff.read_wave(Window.of_bytes(wave())).container["flaws"] == []


def test_sound_that_ends_before_its_length_is_a_flaw_unless_the_length_was_left_open() -> None:
    assert riff.read_wave(Window.of_bytes(wave()[:-100])).container["flaws"] == ["part_beyond_end"]
    assert riff.read_wave(Window.of_bytes(rf64(clicks([0.1], 0.5)))).container["flaws"] == []


def test_an_avi_tells_its_streams_and_the_library_that_wrote_it() -> None:
    recipe = Recipe(steady(5, 25), codec="mpeg4", container="avi", time_base=Fraction(1, 25))
    container = riff.read_avi(Window.of_bytes(video(recipe))).container
    assert container["format"] == "RIFF AVI"
    assert container["writer"].startswith("Lavf")
    assert [(track["kind"], track["codec"]) for track in container["tracks"]] == [("video", "FMP4")]
    assert container["index_last"] is True


def test_an_aiff_is_read_with_its_own_byte_order() -> None:
    container = riff.read_aiff(Window.of_bytes(recording("aiff", clicks([0.1], 0.5)))).container
    assert (container["format"], container["tracks"][0]["kind"]) == ("AIFF", "sound")
    assert container["layout"][-1] == "SSND"


@pytest.mark.parametrize("depth", [1000])
def test_lists_inside_lists_are_not_followed(depth: int) -> None:
    nested = b""
    for _ in range(depth):
        nested = chunk(b"LIST", b"INFO" + nested)
    assert riff.read_wave(Window.of_bytes(wave(nested))).texts == []


def test_a_name_in_a_list_is_a_text() -> None:
    found = riff.read_wave(Window.of_bytes(wave(info(b"ISFT", b"Adobe Audition\0"))))
    assert found.texts == [("RIFF INFO", "ISFT", "Adobe Audition")]
