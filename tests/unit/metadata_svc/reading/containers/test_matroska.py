from __future__ import annotations

import struct

import pytest

from metadata_svc.reading.containers import matroska
from metadata_svc.reading.containers.found import Found
from metadata_svc.reading.window import Window
from tests.support.video_factory import Recipe, steady, video


def read(data: bytes) -> Found:
    return matroska.read(Window.of_bytes(data))


def element(key: int, payload: bytes, *, sized: bool = True) -> bytes:
    name = key.to_bytes((key.bit_length() + 7) // 8, "big")
    size = struct.pack(">Q", len(payload) | 1 << 56) if sized else b"\x01" + b"\xff" * 7
    return name + size + payload


def live(*parts: bytes) -> bytes:
    """What a browser records: sizes of segment and clusters are unknown."""
    head = element(0x1A45DFA3, element(0x4282, b"webm"))
    info = element(0x1549A966, element(0x4D80, b"Chrome") + element(0x5741, b"Chrome"))
    return head + element(0x18538067, info + b"".join(parts), sized=False)


def tags(encoder: str) -> bytes:
    simple = element(0x45A3, b"ENCODER") + element(0x4487, encoder.encode())
    return element(0x1254C367, element(0x7373, element(0x67C8, simple)))


@pytest.mark.parametrize(
    ("container", "codec", "name", "tracks"),
    [
        ("webm", "libvpx-vp9", "WebM", ["V_VP9", "A_OPUS"]),
        ("matroska", "libx264", "Matroska", ["V_MPEG4/ISO/AVC", "A_OPUS"]),
    ],
)
def test_a_file_of_ffmpeg_names_its_writer_and_its_tracks(
    container: str, codec: str, name: str, tracks: list[str]
) -> None:
    found = read(video(Recipe(steady(5, 25), codec=codec, container=container, with_sound=True))).container
    assert found["format"] == name
    assert found["writer"].startswith("Lavf")
    assert [track["codec"] for track in found["tracks"]] == tracks
    assert found["layout"][-1] == "Cues"
    assert found["index_last"] is True


def test_profile_and_encoder_of_avc_are_read() -> None:
    found = read(video(Recipe(steady(5, 25), container="matroska"))).container
    assert found["encoder"].startswith("x264 - core")
    assert found["tracks"][0]["profile"].startswith("High@")


def test_an_encoder_that_signs_only_in_the_tags_is_found_there() -> None:
    found = read(live(tags("Chrome"), tags("Lavc60.31.102 libvpx-vp9")))
    assert found.container["encoder"] == "Lavc60.31.102 libvpx-vp9"
    assert ("Matroska", "ENCODER", "Chrome") in found.texts


def test_a_live_recording_without_sizes_is_walked_through() -> None:
    block = element(0xA3, bytes(20))
    found = read(live(element(0x1F43B675, block, sized=False), element(0x1F43B675, block, sized=False)))
    assert found.container["layout"] == ["Info", "Cluster"]
    assert found.container["writer"] == "Chrome"


def test_the_date_counts_from_2001() -> None:
    date = struct.pack(">q", 86_400 * 10**9)
    found = read(live(element(0x1549A966, element(0x4461, date))))
    assert found.container["create_time"] == "2001-01-02T00:00:00+00:00"


@pytest.mark.parametrize("data", [b"", b"\x1aE\xdf\xa3", live(b"\0\0\0"), live()[:30]])
def test_damage_ends_the_reading_where_it_stands(data: bytes) -> None:
    assert read(data).container["tracks"] == []
