from __future__ import annotations

import pytest

from fusion_svc.tested import MeasuredRange, Shortfall, shortfalls
from telltale.common.v1 import media_pb2

RANGE = MeasuredRange(side_px=128.0, bits_per_pixel=0.5, seconds=2.0, sample_rate_hz=16000.0)


def media(size_bytes: int = 10_000, **facts: float) -> media_pb2.MediaInfo:
    return media_pb2.MediaInfo(size_bytes=size_bytes, **facts)  # type: ignore[arg-type]


def test_a_picture_inside_the_range_falls_short_of_nothing() -> None:
    assert shortfalls(media(width_px=128, height_px=400), RANGE) == ()


def test_all_that_is_too_little_is_named_with_what_is_needed() -> None:
    assert shortfalls(media(500, width_px=400, height_px=100), RANGE) == (
        Shortfall("bits_per_pixel", 0.1, 0.5),
        Shortfall("side_px", 100.0, 128.0),
    )


def test_bits_of_a_video_are_shared_by_its_pictures() -> None:
    video = media(100_000, width_px=200, height_px=200, frame_count=100)
    assert shortfalls(video, RANGE) == (Shortfall("bits_per_pixel", 0.2, 0.5),)


def test_pictures_of_a_video_that_were_not_counted_follow_from_its_length() -> None:
    video = media(100_000, width_px=200, height_px=200, frame_rate_fps=25.0)
    video.duration.FromSeconds(4)
    assert shortfalls(video, RANGE) == (Shortfall("bits_per_pixel", 0.2, 0.5),)


def test_short_sound_of_a_telephone_falls_short_twice() -> None:
    sound = media(sample_rate_hz=8000)
    sound.duration.FromMilliseconds(1500)
    assert [own.quantity for own in shortfalls(sound, RANGE)] == ["sample_rate_hz", "seconds"]


@pytest.mark.parametrize("tested", [RANGE, MeasuredRange()])
def test_what_is_not_known_or_not_asked_is_not_held_against_media(tested: MeasuredRange) -> None:
    assert shortfalls(media(1), tested) == ()
    assert shortfalls(media(10_000, width_px=300, height_px=300, sample_rate_hz=16000), tested) == ()
