from __future__ import annotations

import dataclasses
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from kit.vision.clips import CLIP_FRAMES, CLIP_SIDE_PX, FaceClip
from temporal_svc.features import Floats, flicker_features, flow_features, motion_maps, motion_series, zones
from tests.support.temporal import a_clip

Measure = Callable[[FaceClip], Floats]
FACE_BORDER_APART = 14
"""Of the 22 numbers of `flow_features`: how far the mean motion of the face is from that of its border."""
FACE_LUMA = 6
"""Of the 40 numbers of `motion_series`: brightness of the face."""
RIGHT, LUMA = 2, 6
"""Of the 9 planes of `motion_maps`: motion to the right beyond the head's, change of Y."""
LUMA_CHANGE = 18
"""Of `flicker_features`: the first series, brightness of the face against its border, as change from picture to picture."""


def textured(seed: int = 0) -> Floats:
    """A smooth drawing of the size of a clip's pictures, from 60 to 200."""
    coarse = np.random.default_rng(seed).uniform(60, 200, (20, 20, 3)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (CLIP_SIDE_PX, CLIP_SIDE_PX), interpolation=cv2.INTER_CUBIC), np.float32)


def showing(pictures: list[Floats]) -> FaceClip:
    pixels = np.clip(np.rint(np.stack(pictures)), 0, 255).astype(np.uint8)
    return dataclasses.replace(a_clip(), pixels=pixels)


def shifted(picture: Floats, right_px: float) -> Floats:
    matrix = np.asarray([[1, 0, right_px], [0, 1, 0]], np.float32)
    size = (CLIP_SIDE_PX, CLIP_SIDE_PX)
    return np.asarray(cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REFLECT), np.float32)


def nodding(face_px: float, head_px: float) -> FaceClip:
    """A head that goes to and fro by `head_px` while its face goes by `face_px`."""
    whole = textured()
    inside = zones(a_clip().boxes[0], CLIP_SIDE_PX).face[..., None]
    sway = np.sin(np.arange(CLIP_FRAMES) * 0.8)
    return showing([np.where(inside, shifted(whole, face_px * s), shifted(whole, head_px * s)) for s in sway])


@pytest.mark.parametrize(
    ("measure", "shape"),
    [
        (flow_features, (66,)),
        (flicker_features, (54,)),
        (motion_series, (CLIP_FRAMES - 1, 40)),
        (motion_maps, (CLIP_FRAMES - 1, 9, 32, 32)),
    ],
)
def test_each_gives_as_many_numbers_as_it_says(measure: Measure, shape: tuple[int, ...]) -> None:
    assert measure(a_clip()).shape == shape
    assert measure(a_clip()).dtype == np.float32


@pytest.mark.parametrize("measure", [flow_features, flicker_features, motion_series, motion_maps])
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_clip_in_which_nothing_happens_has_finite_numbers(measure: Measure, grey: int) -> None:
    clip = showing([np.full((CLIP_SIDE_PX, CLIP_SIDE_PX, 3), grey, np.float32)] * CLIP_FRAMES)
    assert np.isfinite(measure(clip)).all()


def test_maps_and_series_are_in_order_of_time() -> None:
    whole = textured()
    clip = showing([whole] * 8 + [whole + 40] * 8)  # the light goes on between the eighth picture and the ninth
    changes = np.abs(motion_maps(clip)[:, LUMA]).mean(axis=(1, 2))
    assert changes.argmax() == 7
    assert changes[:7].max() < 0.1
    levels = motion_series(clip)[:, FACE_LUMA]
    assert levels[:8] == pytest.approx(levels[0], abs=1)
    assert levels[8:] == pytest.approx(levels[0] + 40, abs=4)


def test_maps_show_where_something_moves_apart_from_the_head() -> None:
    together, apart = (np.abs(motion_maps(nodding(face_px, 2.0))[:, RIGHT]).mean(axis=0) for face_px in (2.0, -2.0))
    middle = slice(14, 18)
    assert apart[middle, middle].mean() > 2 * together[middle, middle].mean()


def test_a_face_that_moves_against_its_head_is_seen() -> None:
    together, apart = (flow_features(nodding(face_px, 2.0)) for face_px in (2.0, -2.0))
    assert apart[FACE_BORDER_APART] > together[FACE_BORDER_APART] + 0.5


def test_a_head_that_moves_as_one_moves_like_its_face() -> None:
    still, moving = (flow_features(nodding(shift_px, shift_px)) for shift_px in (0.0, 2.0))
    assert moving[0] > still[0] + 1  # the face is faster
    assert abs(moving[0] - moving[1]) < 0.3  # and so is its border


def test_a_face_whose_brightness_wavers_is_seen_and_one_in_wavering_light_less() -> None:
    whole, inside = textured(), zones(a_clip().boxes[0], CLIP_SIDE_PX).face[..., None]
    light = np.random.default_rng(1).normal(0, 8, CLIP_FRAMES)
    face = showing([whole + step * inside for step in light])
    room = showing([whole + step for step in light])
    still = showing([whole] * CLIP_FRAMES)
    level = {
        name: flicker_features(clip)[LUMA_CHANGE] for name, clip in (("face", face), ("room", room), ("still", still))
    }
    assert level["face"] > level["room"] + 2
    assert level["face"] > level["still"] + 2


def test_what_is_measured_does_not_depend_on_where_the_clip_lies_in_time() -> None:
    np.testing.assert_array_equal(flow_features(a_clip(0.0)), flow_features(a_clip(3.0)))


def test_zones_do_not_overlap_and_follow_the_box() -> None:
    part = zones(np.asarray([30, 30, 90, 110], np.float32), CLIP_SIDE_PX)
    assert not (part.face & part.border).any()
    assert not (part.border & part.around).any()
    rows, columns = np.nonzero(part.face)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((60, 70), abs=0.5)
    assert np.ptp(rows) > np.ptp(columns)
