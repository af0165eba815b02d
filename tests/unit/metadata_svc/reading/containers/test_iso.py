from __future__ import annotations

import struct

import pytest

from metadata_svc.reading.containers import iso
from metadata_svc.reading.containers.found import Found
from metadata_svc.reading.window import Window
from tests.support.container_factory import RECORDED, X264, Movie, Track, box, keys_box, movie, text_box
from tests.support.sound_factory import clicks, recording
from tests.support.video_factory import Recipe, steady, video

XMP_KEY = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
C2PA_KEY = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def read(data: bytes) -> Found:
    return iso.read(Window.of_bytes(data))


def test_a_file_of_a_phone_is_read_as_it_is_laid_out() -> None:
    container = read(movie(Movie())).container
    assert container["format"] == "QuickTime (qt)"
    assert container["layout"] == ["ftyp", "wide", "mdat", "moov"]
    assert container["index_last"] is True
    assert (container["make"], container["model"]) == ("Apple", "iPhone 14 Pro")
    assert container["writer"] == "com.apple.quicktime.software 16.4.1"
    assert container["create_time"] == RECORDED.isoformat()


def test_tracks_tell_their_kind_codec_profile_handler_and_times() -> None:
    seen, heard = read(movie(Movie())).container["tracks"]
    assert (seen["kind"], seen["codec"], seen["profile"]) == ("video", "avc1", "High@4.0")
    assert (heard["kind"], heard["codec"], heard["profile"]) == ("sound", "mp4a", "AAC LC")
    assert (seen["handler"], seen["duration_s"], seen["create_time"]) == ("Core Media Video", 10, RECORDED.isoformat())


def test_a_video_of_ffmpeg_names_its_writer_and_its_encoder() -> None:
    container = read(video(Recipe(steady(5, 25), with_sound=True))).container
    assert container["format"] == "ISO base media (isom)"
    assert container["writer"].startswith("Lavf")
    assert container["encoder"].startswith("x264 - core")
    assert [track["handler"] for track in container["tracks"]] == ["VideoHandler", "SoundHandler"]


def test_the_encoder_of_hevc_signs_the_first_sample() -> None:
    recipe = Recipe(steady(5, 25), codec="libx265", options={"x265-params": "log-level=none:pools=none"})
    container = read(video(recipe)).container
    assert container["encoder"].startswith("x265 (build")
    assert container["tracks"][0]["profile"].startswith("Main@")


def test_the_profile_of_sound_is_found_where_quicktime_keeps_it() -> None:
    container = read(video(Recipe(steady(5, 25), container="mov", with_sound=True))).container
    assert [track["profile"] for track in container["tracks"]][1] == "AAC LC"


def test_sound_alone_tells_its_encoder() -> None:
    container = read(recording("m4a", clicks([0.2], 1.0))).container
    assert container["format"] == "ISO base media (M4A)"
    assert container["encoder"].startswith("Lavc")


def test_an_index_in_front_is_noticed() -> None:
    recipe = Recipe(steady(5, 25), container_options={"movflags": "+faststart"})
    assert read(video(recipe)).container["index_last"] is False
    assert read(movie(Movie(index_first=True))).container["index_last"] is False


def test_a_fragmented_file_is_noticed_and_its_encoder_still_found() -> None:
    container = read(video(Recipe(steady(5, 25), container_options={"movflags": "frag_keyframe+empty_moov"}))).container
    assert "moof" in container["layout"]
    assert container["encoder"].startswith("x264")


@pytest.mark.parametrize(("edits", "pieces"), [((), 0), ((0,), 1), ((-1, 0), 1), ((0, 600, 1200), 3)])
def test_pieces_of_the_edit_list_are_counted_and_delays_are_not(edits: tuple[int, ...], pieces: int) -> None:
    container = read(movie(Movie(tracks=(Track("", edits=edits),)))).container
    assert container["tracks"][0]["edits"] == pieces


def test_a_time_before_1990_was_never_set() -> None:
    container = read(movie(Movie(created=None, tracks=(Track("", created=RECORDED.replace(year=1970)),)))).container
    assert (container["create_time"], container["tracks"][0]["create_time"]) == ("", "")


def test_texts_of_the_user_data_are_read() -> None:
    found = read(
        movie(Movie(keys={}, user_data=text_box("©mak", "GoPro") + box("CAME", b"\1") + box("FIRM", b"HD7.01")))
    )
    assert found.container["make"] == "GoPro"
    assert found.container["marks"] == ["CAME", "FIRM"]
    assert ("QuickTime user data", "FIRM", "HD7.01") in found.texts


def test_the_version_of_android_is_a_mark() -> None:
    keys = {"com.android.version": "14", "com.android.manufacturer": "Google", "com.android.model": "Pixel 8"}
    container = read(movie(Movie("mp42", keys=keys))).container
    assert container["marks"] == ["com.android.version"]
    assert (container["make"], container["model"], container["writer"]) == (
        "Google",
        "Pixel 8",
        "com.android.version 14",
    )


def test_boxes_of_extended_types_are_known_by_their_keys() -> None:
    behind = box("uuid", XMP_KEY, b"<x:xmpmeta/>") + box("uuid", C2PA_KEY, bytes(20)) + box("uuid", bytes(16))
    found = read(movie(Movie(behind=behind)))
    assert found.container["layout"][-3:] == ["uuid XMP", "uuid C2PA", "uuid 00000000"]
    assert found.xmp == b"<x:xmpmeta/>"


def test_sizes_of_64_bits_and_up_to_the_end_are_followed() -> None:
    wide = struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 24) + bytes(8)
    data = box("ftyp", b"isom", bytes(4)) + wide + struct.pack(">I", 0) + b"free" + bytes(50)
    assert read(data).container["layout"] == ["ftyp", "mdat", "free"]


def test_a_file_that_was_cut_off_is_read_up_to_there() -> None:
    container = read(movie(Movie(index_first=True))[:-20]).container
    assert container["flaws"] == ["part_beyond_end"]
    assert len(container["tracks"]) == 2


def test_boxes_that_hold_themselves_a_thousand_times_are_not_followed() -> None:
    nested = b""
    for _ in range(1000):
        nested = box("moov", nested)
    assert read(box("ftyp", b"mp42", bytes(4)) + nested).container["layout"] == ["ftyp", "moov"]


def test_a_list_of_keys_with_a_wrong_index_keeps_its_other_entries() -> None:
    broken = keys_box({"a": "first", "b": "second"}).replace(
        struct.pack(">II", 16 + 8 + 6, 2), struct.pack(">II", 30, 9)
    )
    found = read(box("ftyp", b"qt  ", bytes(4)) + box("moov", broken))
    assert ("QuickTime", "a", "first") in found.texts


def test_a_name_behind_its_length_loses_the_length_however_long_it_is() -> None:
    name = "Mainconcept MP4 Sound Media Handler"
    assert read(movie(Movie(tracks=(Track(name, sample=X264),)))).container["tracks"][0]["handler"] == name
