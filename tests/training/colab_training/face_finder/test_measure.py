"""Recall, false faces, landmarks and the threshold, on faces that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("scipy", reason="the training environment is not installed")

from colab_training.face_finder.annotated import Annotated
from colab_training.face_finder.measure import compared, false_faces, landmark_error, look_for, recall
from colab_training.face_finder.threshold import CANDIDATES, choose_threshold
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2

LANDMARKS = np.asarray([[30, 30], [70, 30], [50, 50], [35, 70], [65, 70]], np.float32)
TRUTH = Annotated(np.zeros((100, 100, 3), np.uint8), np.asarray([[10, 10, 90, 90]], np.float32), LANDMARKS[None])


class Saying:
    """Finds the same faces everywhere."""

    model = evidence_pb2.ModelReference()

    def __init__(self, *faces: Face) -> None:
        self._faces = list(faces)

    def find(self, picture: Picture) -> list[Face]:
        return self._faces


def face(box: tuple[float, float, float, float], shift: float = 0.0) -> Face:
    return Face(box, LANDMARKS + np.float32(shift), 0.9)


def test_a_box_that_shares_more_than_half_is_the_face() -> None:
    (sought,) = compared([face((0, 0, 5, 5)), face((10, 10, 90, 80), shift=4)], TRUTH)
    assert sought.found
    assert sought.overlap == pytest.approx(7 / 8)
    assert sought.landmark_error == pytest.approx(math.hypot(4, 4) / 40)


def test_a_box_elsewhere_is_a_miss_without_landmarks() -> None:
    (sought,) = compared([face((0, 0, 30, 30))], TRUTH)
    assert not sought.found
    assert math.isnan(sought.landmark_error)


def test_recall_counts_the_asked_sizes_alone() -> None:
    found, missed = look_for(Saying(face((10, 10, 90, 90))), [TRUTH]), look_for(Saying(), [TRUTH])
    assert recall(found + missed).value == 0.5
    assert recall(found + missed, 40, 80).items == 0
    assert recall(found + missed, 80, 160).items == 2


def test_the_landmark_error_is_the_median_of_the_found() -> None:
    faces = [each for shift in (1, 2, 30) for each in compared([face((10, 10, 90, 90), shift)], TRUTH)]
    estimate = landmark_error(faces)
    assert estimate.value == pytest.approx(math.hypot(2, 2) / 40)
    assert estimate.low < estimate.value < estimate.high
    assert math.isnan(landmark_error([]).value)


def test_every_face_in_a_photo_of_things_is_false() -> None:
    assert false_faces(Saying(face((0, 0, 9, 9)), face((20, 0, 29, 9))), [TRUTH.pixels] * 3) == [2, 2, 2]


def test_the_threshold_is_the_smallest_that_keeps_false_faces_away() -> None:
    def at(threshold: float) -> Saying:
        return Saying() if threshold >= 0.4 else Saying(face((0, 0, 9, 9)))

    assert choose_threshold(at, [TRUTH.pixels], most_false_faces=0.0) == pytest.approx(0.4)


def test_a_finder_that_is_never_quiet_gets_the_largest_threshold() -> None:
    assert choose_threshold(lambda _: Saying(face((0, 0, 9, 9))), [TRUTH.pixels], 0.5) == CANDIDATES[-1]
