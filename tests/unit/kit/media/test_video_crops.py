from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from kit.errors import InvalidRequest, UndecodableMedia
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.media.video import CropPath, Crops, read_crops
from tests.support import video_factory
from tests.support.video_factory import Recipe, steady

WHOLE = (0.0, 0.0, 64.0, 64.0)


@pytest.fixture(scope="module")
def clip() -> Iterator[MediaFile]:
    """Four seconds at 25 frames a second; the crop WHOLE shows the lower eight bits of their numbers."""
    recipe = Recipe(steady(100, 25), options={"qp": "4"}, key_every=40, container_options={"movflags": "faststart"})
    with MediaFile.from_bytes(video_factory.video(recipe)) as media:
        yield media


def path(times_s: list[float], *squares: tuple[float, float, float, float]) -> CropPath:
    return CropPath(np.array(times_s), np.resize(np.array(squares, np.float64), (len(times_s), 4)))


def crops_of(sandbox: Sandbox, media: MediaFile, *paths: CropPath, side_px: int = 64) -> list[Crops]:
    return read_crops(sandbox, media, MediaLimits(), paths, side_px=side_px)


def numbers_in(crops: Crops) -> list[int]:
    """The frame numbers below 256 that the squares WHOLE show: eight bars of eight pixels."""
    side_px = crops.pixels.shape[1]
    middles = ((np.arange(8) + 0.5) * side_px / 8).astype(int)
    bars = crops.pixels[:, side_px * 3 // 4, middles, 1] > 127
    return [int(number) for number in bars @ (1 << np.arange(8))]


def test_each_crop_is_of_the_frame_nearest_to_its_time(sandbox: Sandbox, clip: MediaFile) -> None:
    (crops,) = crops_of(sandbox, clip, path([0.0, 0.41, 0.43, 1.6, 3.97], WHOLE))
    assert numbers_in(crops) == [0, 10, 11, 40, 99]
    assert crops.times_s == pytest.approx([0.0, 0.4, 0.44, 1.6, 3.96])


def test_paths_are_answered_one_by_one_although_they_are_read_together(sandbox: Sandbox, clip: MediaFile) -> None:
    early, late, none = crops_of(
        sandbox, clip, path([0.0, 2.0], WHOLE), path([1.0, 2.0, 3.0], WHOLE), path([], WHOLE), side_px=32
    )
    assert (numbers_in(early), numbers_in(late)) == ([0, 50], [25, 50, 75])
    assert none.pixels.shape == (0, 32, 32, 3)


def test_the_square_is_where_it_was_asked_for(sandbox: Sandbox, clip: MediaFile) -> None:
    (crops,) = crops_of(sandbox, clip, path([0.0, 0.04], (2.2, 1.8, 14.2, 13.8), (30.0, 2.0, 42.0, 14.0)), side_px=12)
    assert crops.squares_px.tolist() == [[2, 2, 14, 14], [30, 2, 42, 14]]
    red, grey = crops.pixels.astype(int).mean(axis=(1, 2))
    assert np.abs(red - (230, 20, 20)).max() < 15
    assert np.abs(grey - 90).max() < 10


def test_edges_are_repeated_beyond_the_picture(sandbox: Sandbox, clip: MediaFile) -> None:
    squares = (-8.0, -8.0, 8.0, 8.0), (-500.0, -500.0, -450.0, -450.0), (88.0, 56.0, 104.0, 72.0)
    (crops,) = crops_of(sandbox, clip, path([0.0, 0.04, 0.08], *squares), side_px=16)
    means = crops.pixels.astype(int).mean(axis=(1, 2))
    assert np.abs(means[:2] - (230, 20, 20)).max() < 15
    assert means[2].max() < 15


def test_shrinking_takes_means_over_areas(sandbox: Sandbox, clip: MediaFile) -> None:
    (crops,) = crops_of(sandbox, clip, path([0.2], (0.0, 32.0, 32.0, 64.0)), side_px=1)  # bars 1 0 1 0
    assert np.abs(crops.pixels.astype(int) - 127).max() < 10


def test_a_turned_video_is_cut_upright(sandbox: Sandbox) -> None:
    with MediaFile.from_bytes(video_factory.video(Recipe(steady(2, 25), rotation_deg=90))) as media:
        (crops,) = crops_of(sandbox, media, path([0.0], (0.0, 80.0, 12.0, 92.0)), side_px=4)
    assert np.abs(crops.pixels.astype(int) - (230, 20, 20)).max() < 40


def test_a_path_that_leaves_the_video_ends_early(sandbox: Sandbox, clip: MediaFile) -> None:
    (crops,) = crops_of(sandbox, clip, path([3.92, 3.96, 9.0, 9.04], WHOLE))
    assert crops.asked.tolist() == [0, 1]
    assert numbers_in(crops) == [98, 99]


def test_a_slow_video_shows_its_frames_again(sandbox: Sandbox) -> None:
    with MediaFile.from_bytes(video_factory.video(Recipe(steady(4, 2)))) as media:
        (crops,) = crops_of(sandbox, media, path([0.0, 0.1, 0.2, 0.4], WHOLE))
    assert crops.times_s.tolist() == [0, 0, 0, 0.5]


def test_a_video_without_anything_there_is_an_error(sandbox: Sandbox, clip: MediaFile) -> None:
    with pytest.raises(UndecodableMedia):
        crops_of(sandbox, clip, path([50.0], WHOLE))


@pytest.mark.parametrize("square", [(-1e6, -1e6, 1e6, 1e6), (0.0, 0.0, np.nan, 1.0), (0.0, -1e9, 1.0, -1e9 + 1)])
def test_squares_beyond_any_video_are_refused(
    sandbox: Sandbox, clip: MediaFile, square: tuple[float, float, float, float]
) -> None:
    with pytest.raises(InvalidRequest):
        crops_of(sandbox, clip, path([0.0], square))
