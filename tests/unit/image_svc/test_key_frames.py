from __future__ import annotations

import cv2
import numpy as np
import pytest

from image_svc.key_frames import KeyFrame, KeyFrames, merit_of, thinned
from kit.vision.faces import Picture
from kit.vision.tracker import Look
from tests.support.image import a_face, noisy_picture
from tests.support.moving import a_look


def blurred() -> Picture:
    return np.asarray(cv2.GaussianBlur(noisy_picture(), (0, 0), 3), dtype=np.uint8)


def key_frame(time_s: float, *, number: int = 0, merit: float = 0.5) -> KeyFrame:
    return KeyFrame(number, int(time_s), time_s, a_face(), noisy_picture(8, 8), (0, 0), merit)


def test_large_sharp_and_sure_faces_show_best() -> None:
    best = merit_of(noisy_picture(), a_face(side=128))
    assert merit_of(noisy_picture(), a_face(side=64)) < best
    assert merit_of(blurred(), a_face(side=128)) < best
    assert merit_of(noisy_picture(), a_face(side=128, probability=0.4)) < best


def test_a_face_outside_of_the_picture_has_next_to_no_merit() -> None:
    assert merit_of(noisy_picture(), a_face(left=900)) == pytest.approx(1e-6)


def test_the_best_frame_of_each_stretch_is_kept() -> None:
    frames = KeyFrames()
    for time_s, stretch, picture in (
        (0.0, 0, blurred()),
        (0.2, 0, noisy_picture()),
        (0.4, 0, blurred()),
        (2, 1, blurred()),
    ):
        frames.show(Look(time_s, stretch, picture, [a_face()], [5]))
    assert [(each.stretch, each.time_s) for each in frames.chosen([5])] == [(0, 0.2), (1, 2)]


def test_faces_that_turned_out_to_be_none_are_left_out() -> None:
    frames = KeyFrames()
    frames.show(a_look(0.0, a_face(), a_face(side=64), numbers=[0, 1]))
    assert [each.number for each in frames.chosen([1])] == [1]


def test_a_face_has_at_most_eight_over_the_whole_length() -> None:
    frames = KeyFrames()
    for stretch in range(100):
        frames.show(a_look(1.28 * stretch, a_face(), stretch=stretch))
    times_s = [each.time_s for each in frames.chosen([0])]
    assert len(times_s) == 8
    assert [times_s[0], times_s[-1]] == pytest.approx([0, 1.28 * 99])
    assert max(np.diff(times_s)) < 2.5 * 1.28 * 100 / 8


def test_a_crowd_has_at_most_twenty_four() -> None:
    frames = KeyFrames()
    for stretch in range(10):
        frames.show(a_look(1.28 * stretch, *[a_face()] * 5, stretch=stretch))
    chosen = frames.chosen(range(5))
    assert len(chosen) == 24
    assert {each.number for each in chosen} == set(range(5))


def test_everybody_keeps_one_before_anybody_keeps_two() -> None:
    frames = [key_frame(0), key_frame(5), key_frame(1, number=1, merit=0.1)]
    assert [each.number for each in thinned(frames, 2)] == [0, 1]


def test_of_many_people_the_best_shown_are_kept() -> None:
    frames = [key_frame(number, number=number, merit=number / 10) for number in range(1, 6)]
    assert [each.number for each in thinned(frames, 2)] == [4, 5]


def test_the_part_that_is_kept_lies_on_the_grid_and_holds_the_face() -> None:
    picture = noisy_picture(400, 600)
    frames = KeyFrames()
    frames.show(Look(0.0, 0, picture, [a_face(left=301, top=133, side=90)], [0]))
    (kept,) = frames.chosen([0])
    left, top = kept.corner_px
    height, width = kept.picture.shape[:2]
    assert (left % 8, top % 8) == (0, 0)
    assert np.array_equal(kept.picture, picture[top : top + height, left : left + width])
    assert kept.face_in_picture.box_px[0] == 301 - left
    assert kept.face_in_picture.landmarks_px[0].tolist() == [346 - left, 178 - top]
    assert height < 400
    assert width < 600


def test_a_kept_part_does_not_hold_on_to_its_frame() -> None:
    frames = KeyFrames()
    frames.show(a_look(0.0, a_face()))
    assert frames.chosen([0])[0].picture.base is None
