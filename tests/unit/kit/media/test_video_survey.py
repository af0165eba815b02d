from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from kit.errors import MediaTooLong, TooManyPixels, UndecodableMedia
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.media.video import Survey, survey_video
from tests.support import video_factory
from tests.support.video_factory import Recipe, steady

KINDS = {
    "h264": Recipe(steady(30, 25), with_sound=True),
    "hevc": Recipe(steady(30, 25), "libx265", options={"x265-params": "log-level=none:pools=none:frame-threads=1"}),
    "mpeg4": Recipe(steady(30, 25), "mpeg4", "avi", time_base=Fraction(1, 25)),
    "vp8": Recipe(steady(30, 25), "libvpx", "webm", time_base=Fraction(1, 1000)),
    "vp9": Recipe(steady(30, 25), "libvpx-vp9", "webm", time_base=Fraction(1, 1000), with_sound=True),
    "libdav1d": Recipe(steady(30, 25), "libsvtav1", time_base=Fraction(1, 25)),
    "mjpeg": Recipe(steady(30, 25), "mjpeg", "avi", pixel_format="yuvj420p", time_base=Fraction(1, 25)),
    "prores": Recipe(steady(30, 25), "prores_ks", "mov", pixel_format="yuv422p10le"),
    "ffv1": Recipe(steady(30, 25), "ffv1", "matroska"),
}


def surveyed(sandbox: Sandbox, data: bytes, limits: MediaLimits | None = None) -> Survey:
    with MediaFile.from_bytes(data) as media:
        return survey_video(sandbox, media, limits or MediaLimits())


@pytest.mark.parametrize("codec", KINDS)
def test_every_coding_is_surveyed(sandbox: Sandbox, codec: str) -> None:
    facts = surveyed(sandbox, video_factory.video(KINDS[codec])).facts
    assert (facts.codec, facts.width_px, facts.height_px, facts.frame_count) == (codec, 96, 64, 30)
    assert facts.duration_s == pytest.approx(1.2, abs=0.01)
    assert facts.frame_rate_fps == pytest.approx(25, rel=0.01)
    assert facts.has_audio is KINDS[codec].with_sound
    assert (facts.variable_rate, facts.truncated, facts.rotation_deg) == (False, False, 0)


@pytest.mark.parametrize(("rotation_deg", "red_corner"), [(90, (-1, 0)), (180, (-1, -1)), (270, (0, -1))])
def test_a_turned_phone_is_turned_back(sandbox: Sandbox, rotation_deg: int, red_corner: tuple[int, int]) -> None:
    survey = surveyed(sandbox, video_factory.video(Recipe(steady(3, 25), rotation_deg=rotation_deg)))
    assert survey.facts.rotation_deg == rotation_deg
    assert (survey.facts.width_px > survey.facts.height_px) is (rotation_deg == 180)
    corner = survey.thumbnails[0][red_corner].astype(int)
    assert corner[0] > 150 > 100 > corner[1]


def test_thumbnails_are_of_key_frames_spread_over_the_length(sandbox: Sandbox) -> None:
    survey = surveyed(sandbox, video_factory.video(Recipe(steady(300, 25), key_every=3, options={"sc_threshold": "0"})))
    assert survey.key_frame_times_s == pytest.approx([0.12 * number for number in range(100)])
    assert survey.thumbnails.shape == (64, 36, 64, 3)
    assert set(survey.thumbnail_times_s.round(4)) <= set(np.round(survey.key_frame_times_s, 4))
    assert np.diff(survey.thumbnail_times_s).max() <= 0.25
    assert [video_factory.number_in(thumbnail) for thumbnail in survey.thumbnails] == [
        round(time_s * 25) for time_s in survey.thumbnail_times_s
    ]


def test_an_uneven_rate_is_noticed_and_rounding_of_stamps_is_none(sandbox: Sandbox) -> None:
    uneven = surveyed(sandbox, video_factory.video(Recipe([0, 0.1, 0.15, 0.5, 1.0, 1.01]))).facts
    rounded = Recipe(steady(60, 240), "libvpx-vp9", "webm", time_base=Fraction(1, 1000))
    assert uneven.variable_rate
    assert uneven.frame_count == 6
    assert not surveyed(sandbox, video_factory.video(rounded)).facts.variable_rate


@pytest.mark.parametrize("rate_fps", [1, 240])
def test_very_low_and_very_high_rates_are_measured(sandbox: Sandbox, rate_fps: int) -> None:
    facts = surveyed(sandbox, video_factory.video(Recipe(steady(12, rate_fps)))).facts
    assert facts.frame_rate_fps == pytest.approx(rate_fps, rel=0.01)
    assert facts.duration_s == pytest.approx(12 / rate_fps, rel=0.01)


def test_a_single_frame_is_a_video_of_some_length(sandbox: Sandbox) -> None:
    survey = surveyed(sandbox, video_factory.video(Recipe([0.0])))
    assert survey.facts.frame_count == 1
    assert survey.facts.duration_s > 0
    assert survey.key_frame_times_s == (0.0,)


def test_times_count_from_the_first_picture(sandbox: Sandbox) -> None:
    late = Recipe([5 + time_s for time_s in steady(30, 25)], container="matroska", key_every=10)
    survey = surveyed(sandbox, video_factory.video(late))
    assert survey.key_frame_times_s == pytest.approx((0.0, 0.4, 0.8))
    assert survey.facts.duration_s == pytest.approx(1.2, abs=0.01)


def test_a_fragmented_file_is_counted(sandbox: Sandbox) -> None:
    options = {"movflags": "frag_keyframe+empty_moov"}
    survey = surveyed(sandbox, video_factory.video(Recipe(steady(30, 25), key_every=10, container_options=options)))
    assert survey.facts.frame_count == 30
    assert survey.key_frame_times_s == pytest.approx((0.0, 0.4, 0.8))


def test_a_tail_that_was_cut_off_is_noticed(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(100, 25), container_options={"movflags": "faststart"}, key_every=10))
    facts = surveyed(sandbox, data[: len(data) * 2 // 3]).facts
    assert facts.truncated
    assert 20 < facts.frame_count < 90


def test_a_file_whose_index_was_cut_off_says_so(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(30, 25)))
    with pytest.raises(UndecodableMedia, match="cut off") as raised:
        surveyed(sandbox, data[: data.index(b"moov") - 4])
    assert raised.value.details["truncated"] == "true"


def test_frames_that_are_promised_but_absent_are_no_video(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(30, 25), container_options={"movflags": "faststart"}))
    with pytest.raises(UndecodableMedia, match="none can be decoded"):
        surveyed(sandbox, data[: data.index(b"mdat") + 4])


def test_frames_of_noise_are_no_video(sandbox: Sandbox) -> None:
    data = bytearray(video_factory.video(Recipe(steady(30, 25), container_options={"movflags": "faststart"})))
    start = data.index(b"mdat") + 4
    data[start:] = bytes(len(data) - start)
    with pytest.raises(UndecodableMedia, match="none can be decoded"):
        surveyed(sandbox, bytes(data))


def test_sound_alone_is_no_video(sandbox: Sandbox) -> None:
    with pytest.raises(UndecodableMedia, match="sound only"):
        surveyed(sandbox, video_factory.sound_only())


def test_a_video_above_the_limit_of_pixels_is_refused(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(2, 25)))
    with pytest.raises(TooManyPixels):
        surveyed(sandbox, data, MediaLimits(max_video_pixels=96 * 64 - 1))


def test_a_video_above_the_limit_of_time_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(MediaTooLong, match="length of"):
        surveyed(sandbox, video_factory.video(Recipe([0, 1, 30])), MediaLimits(max_video_s=20))


def test_a_video_above_the_limit_of_frames_is_refused(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(6, 25)))
    assert surveyed(sandbox, data, MediaLimits(max_video_frames=6)).facts.frame_count == 6
    with pytest.raises(MediaTooLong, match="more than 5 pictures"):
        surveyed(sandbox, data, MediaLimits(max_video_frames=5))


def test_two_hours_are_surveyed_in_seconds(sandbox: Sandbox) -> None:
    recipe = Recipe(steady(7200, 1), size_px=(48, 32), options={"preset": "ultrafast"})
    survey = surveyed(sandbox, video_factory.video(recipe))
    assert survey.facts.frame_count == 7200
    assert survey.facts.duration_s == pytest.approx(7200)
    assert len(survey.key_frame_times_s) == 29
