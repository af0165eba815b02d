from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from kit.errors import DeadlineExceeded, UndecodableMedia
from kit.media.facts import Array
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.media.video import Frames, Span, read_frames
from tests.support import video_factory
from tests.support.video_factory import Recipe, steady

LONG_GOP = {"sc_threshold": "0", "bf": "3", "preset": "fast"}
SEEKABLE = {
    "h264_with_b_frames": Recipe(steady(200, 25), options=LONG_GOP, key_every=75),
    "h264_open_gop": Recipe(steady(200, 25), options={**LONG_GOP, "x264-params": "open-gop=1"}, key_every=40),
    "hevc": Recipe(
        steady(200, 25),
        "libx265",
        options={"x265-params": "log-level=none:pools=none:frame-threads=1:open-gop=1"},
        key_every=50,
    ),
    "vp9": Recipe(steady(200, 25), "libvpx-vp9", "webm", time_base=Fraction(1, 1000), key_every=60),
    "matroska_from_5_s": Recipe(
        [5 + time_s for time_s in steady(200, 25)], container="matroska", options=LONG_GOP, key_every=75
    ),
    "mp4_from_5_s": Recipe([5 + time_s for time_s in steady(200, 25)], options=LONG_GOP, key_every=75),
    "mpeg4_avi": Recipe(steady(200, 25), "mpeg4", "avi", time_base=Fraction(1, 25), key_every=50),
    "mjpeg_avi": Recipe(steady(200, 25), "mjpeg", "avi", pixel_format="yuvj420p", time_base=Fraction(1, 25)),
    "fragmented": Recipe(
        steady(200, 25), options=LONG_GOP, key_every=50, container_options={"movflags": "frag_keyframe+empty_moov"}
    ),
    "one_key_frame": Recipe(steady(200, 25), options=LONG_GOP, key_every=1000),
    "prores": Recipe(steady(200, 25), "prores_ks", "mov", pixel_format="yuv422p10le"),
}


def frames_of(
    sandbox: Sandbox,
    data: bytes,
    spans: list[Span],
    rate_fps: float = 25,
    max_side_px: int = 96,
    timeout_s: float | None = None,
) -> Frames:
    with MediaFile.from_bytes(data) as media:
        read = read_frames(
            sandbox, media, MediaLimits(), spans, rate_fps=rate_fps, max_side_px=max_side_px, timeout_s=timeout_s
        )
        batches = list(read)
    return Frames(
        np.concatenate([batch.times_s for batch in batches]),
        np.concatenate([batch.stretch for batch in batches]),
        np.concatenate([batch.pixels for batch in batches]),
    )


def numbers_in(pixels: Array) -> list[int]:
    return [video_factory.number_in(picture) for picture in pixels]


@pytest.mark.parametrize("kind", SEEKABLE)
def test_every_frame_is_the_one_of_its_time_wherever_reading_starts(sandbox: Sandbox, kind: str) -> None:
    spans = [Span(0.0, 0.2), Span(0.8, 1.0), Span(2.92, 3.2), Span(5.96, 6.0), Span(7.92, 8.0)]
    found = frames_of(sandbox, video_factory.video(SEEKABLE[kind]), spans)
    assert numbers_in(found.pixels) == [round(time_s * 25) for time_s in found.times_s]
    assert numbers_in(found.pixels) == [*range(5), *range(20, 25), *range(73, 80), 149, 198, 199]


def test_frames_are_told_apart_by_their_stretch(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(100, 25)))
    found = frames_of(sandbox, data, [Span(0.0, 0.4), Span(2.0, 2.4)], rate_fps=12.5)
    assert found.stretch.tolist() == [0] * 5 + [1] * 5
    assert numbers_in(found.pixels) == [0, 2, 4, 6, 8, 50, 52, 54, 56, 58]


def test_a_slow_file_gives_no_more_frames_than_it_has(sandbox: Sandbox) -> None:
    found = frames_of(sandbox, video_factory.video(Recipe(steady(6, 1))), [Span(0.0, 1.28), Span(1.28, 6.0)])
    assert found.times_s.tolist() == [0, 1, 2, 3, 4, 5]
    assert found.stretch.tolist() == [0, 0, 1, 1, 1, 1]


def test_an_uneven_file_is_read_by_time_and_not_by_index(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe([0, 0.1, 0.15, 0.5, 1.0, 1.01, 1.02, 2.0]))
    found = frames_of(sandbox, data, [Span(0.0, 2.5)], rate_fps=10)
    assert found.times_s == pytest.approx([0, 0.1, 0.15, 0.5, 1.0, 2.0])
    assert numbers_in(found.pixels) == [0, 1, 2, 3, 4, 7]


def test_no_frame_comes_twice_for_stretches_that_touch(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(97, 24)))
    spans = [Span(start_s, end_s) for start_s, end_s in itertools.pairwise(np.arange(0, 4.1, 0.5).tolist())]
    times_s = frames_of(sandbox, data, spans, rate_fps=100).times_s
    assert times_s == pytest.approx(np.arange(96) / 24, abs=1e-3)


def test_a_single_frame_is_read(sandbox: Sandbox) -> None:
    found = frames_of(sandbox, video_factory.video(Recipe([0.0])), [Span(0.0, 0.04)], rate_fps=12.5)
    assert found.times_s.tolist() == [0.0]


def test_frames_are_scaled_and_turned(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(3, 25), rotation_deg=90))
    pixels = frames_of(sandbox, data, [Span(0.0, 0.1)], max_side_px=48).pixels
    assert pixels.shape == (3, 48, 32, 3)
    assert numbers_in(np.rot90(pixels, -1, (1, 2))) == [0, 1, 2]


def test_frames_are_never_enlarged(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(1, 25)))
    assert frames_of(sandbox, data, [Span(0.0, 0.1)], max_side_px=4000).pixels.shape == (1, 64, 96, 3)


def test_colours_are_right(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(1, 25), options={"qp": "1"}))
    corner = frames_of(sandbox, data, [Span(0.0, 0.1)]).pixels[0, 6, 10].astype(int)
    assert np.abs(corner - (230, 20, 20)).max() < 12


def test_what_is_left_of_a_cut_off_file_is_read(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(200, 25), container_options={"movflags": "faststart"}, key_every=25))
    found = frames_of(sandbox, data[: len(data) * 2 // 3], [Span(0.0, 1.0), Span(7.0, 8.0)])
    assert numbers_in(found.pixels) == list(range(25))


def test_nothing_where_nothing_is_left_is_an_error(sandbox: Sandbox) -> None:
    data = video_factory.video(Recipe(steady(200, 25), container_options={"movflags": "faststart"}, key_every=25))
    with pytest.raises(UndecodableMedia, match="Not one frame"):
        frames_of(sandbox, data[: len(data) * 2 // 3], [Span(7.0, 8.0)])


def test_damage_in_the_middle_costs_the_frames_there(sandbox: Sandbox) -> None:
    data = bytearray(
        video_factory.video(Recipe(steady(200, 25), container_options={"movflags": "faststart"}, key_every=25))
    )
    middle = (data.index(b"mdat") + len(data)) // 2
    data[middle : middle + 600] = bytes(600)
    found = frames_of(sandbox, bytes(data), [Span(0.0, 8.0)])
    assert {0, 1, 2, 197, 198, 199} <= set(numbers_in(found.pixels))
    assert len(found.times_s) < 200


def test_a_size_that_changes_midway_makes_no_difference(sandbox: Sandbox) -> None:
    found = frames_of(sandbox, video_factory.growing(20), [Span(0.0, 0.8)])
    assert numbers_in(found.pixels) == list(range(20))
    assert found.pixels.shape[1:] == (64, 96, 3)


def test_frames_that_grow_above_the_limit_are_left_out(sandbox: Sandbox) -> None:
    with MediaFile.from_bytes(video_factory.growing(20)) as media:
        limits = MediaLimits(max_video_pixels=96 * 64)
        read = list(read_frames(sandbox, media, limits, [Span(0.0, 0.8)], rate_fps=25, max_side_px=96))
    assert numbers_in(np.concatenate([batch.pixels for batch in read])) == list(range(10))


def test_reading_ends_with_the_time_budget(sandbox: Sandbox) -> None:
    with pytest.raises(DeadlineExceeded):
        frames_of(sandbox, video_factory.video(Recipe(steady(3, 25))), [Span(0.0, 1.0)], timeout_s=0.0)


def test_large_requests_come_in_batches(sandbox: Sandbox) -> None:
    recipe = Recipe(steady(120, 25), size_px=(480, 320), options={"preset": "ultrafast"})
    with MediaFile.from_bytes(video_factory.video(recipe)) as media:
        read = read_frames(sandbox, media, MediaLimits(), [Span(0.0, 4.8)], rate_fps=25, max_side_px=480)
        sizes = [(batch.pixels.nbytes, numbers_in(batch.pixels)) for batch in read]
    assert len(sizes) > 1
    assert max(size for size, _ in sizes) <= sandbox.max_result_bytes // 2
    assert list(itertools.chain.from_iterable(numbers for _, numbers in sizes)) == list(range(120))
