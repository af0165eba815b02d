"""From the network's columns to faces, with a network that answers what the test wants."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from kit.errors import ModelInvalid
from kit.models.card import LoadedModel
from kit.vision.yolo import INPUT, OPERATING_POINT, OUTPUT, Look, YoloFaceFinder, open_finder, threshold_of
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

LETTERBOX = card_pb2.Letterbox(picture_share=0.8, multiple_px=32, ground=114, sides_px=[320, 640])
SMALL_PICTURE = np.zeros((256, 256, 3), np.uint8)  # a pixel of it is a pixel of the small tensor
LARGE_PICTURE = np.zeros((512, 512, 3), np.uint8)  # a pixel of it is a pixel of the large tensor


class Answering:
    """Answers the same columns for every tensor of one size, and none for others."""

    def __init__(self, answers: Mapping[int, list[list[float]]]) -> None:
        self._answers = answers
        self.asked: list[int] = []

    def run(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        side = max(inputs[INPUT].shape)
        self.asked.append(side)
        columns = self._answers.get(side, [])
        return {OUTPUT: np.asarray(columns, np.float32).reshape(1, -1, 20).transpose(0, 2, 1)}


class FromAfar:
    """Answers one column once the picture takes up less than 0.7 of the tensor's longer side; notes what it takes up."""

    def __init__(self, answer: list[float]) -> None:
        self._answer = answer
        self.shares: list[float] = []

    def run(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        tensor = inputs[INPUT][0, 0]
        taken = np.flatnonzero(
            (tensor < 0.1).any(axis=0)
        ).size  # the pictures of these tests are black, the ground is grey
        self.shares.append(taken / tensor.shape[1])
        columns = [self._answer] if self.shares[-1] < 0.7 else []
        return {OUTPUT: np.asarray(columns, np.float32).reshape(1, -1, 20).transpose(0, 2, 1)}


def column(x: float, y: float, side: float, probability: float) -> list[float]:
    """A square face with all landmarks in its centre."""
    return [x, y, side, side, probability, *[x, y, 1.0] * 5]


def finder(session: Answering, min_face_px: float = 16.0) -> YoloFaceFinder:
    return YoloFaceFinder(session, evidence_pb2.ModelReference(name="fake"), Look(LETTERBOX, 0.5, min_face_px))


def test_a_column_becomes_a_face_in_pixels_of_the_picture() -> None:
    (face,) = finder(Answering({320: [column(132, 152, 100, 0.9)]})).find(SMALL_PICTURE)
    assert face.box_px == pytest.approx((50, 70, 150, 170), abs=0.01)
    np.testing.assert_allclose(face.landmarks_px, [[100, 120]] * 5, atol=0.01)
    assert face.probability == pytest.approx(0.9)


def test_a_box_may_reach_beyond_the_picture() -> None:
    (face,) = finder(Answering({320: [column(160, 160, 300, 0.9)]})).find(SMALL_PICTURE)
    assert face.box_px == pytest.approx((-22, -22, 278, 278), abs=0.01)


def test_columns_below_the_threshold_are_no_faces() -> None:
    assert finder(Answering({320: [column(132, 152, 100, 0.49)]})).find(SMALL_PICTURE) == []


def test_one_face_seen_by_several_cells_is_one_face_with_the_best_box() -> None:
    columns = [column(132, 152, 100, 0.7), column(134, 152, 100, 0.9), column(132, 150, 70, 0.8)]
    (face,) = finder(Answering({320: columns})).find(SMALL_PICTURE)
    assert face.probability == pytest.approx(0.9)


def test_faces_come_largest_first() -> None:
    columns = [column(60, 60, 40, 0.9), column(200, 200, 90, 0.6)]
    large, small = finder(Answering({320: columns})).find(SMALL_PICTURE)
    assert large.longer_side_px == pytest.approx(90, abs=0.1)
    assert small.longer_side_px == pytest.approx(40, abs=0.1)


def test_faces_too_small_for_any_cue_are_left_out() -> None:
    session = Answering({320: [column(132, 152, 30, 0.9)]})
    assert finder(session, min_face_px=31).find(SMALL_PICTURE) == []
    assert len(finder(session, min_face_px=29).find(SMALL_PICTURE)) == 1


def test_a_small_picture_with_a_face_is_looked_at_once() -> None:
    session = Answering({320: [column(132, 152, 30, 0.9)]})
    finder(session).find(SMALL_PICTURE)
    assert session.asked == [320]


def test_a_face_that_fills_the_picture_is_found_from_afar() -> None:
    session = FromAfar(column(160, 160, 150, 0.9))
    (face,) = finder(session).find(SMALL_PICTURE)
    assert session.shares == pytest.approx([0.8, 0.6], abs=0.01)
    assert face.box_px == pytest.approx((28, 28, 228, 228), abs=0.1)  # 192 px of the tensor show 256 of the picture


def test_from_afar_a_small_face_is_not_believed() -> None:
    assert finder(FromAfar(column(160, 160, 90, 0.9))).find(SMALL_PICTURE) == []


def test_a_quick_finder_never_looks_twice() -> None:
    session = FromAfar(column(160, 160, 150, 0.9))
    assert finder(session).quick().find(LARGE_PICTURE) == []
    assert session.shares == pytest.approx([0.8], abs=0.01)


def test_a_large_picture_is_looked_at_again_when_the_first_look_finds_nothing() -> None:
    session = Answering({640: [column(164, 264, 40, 0.8)]})
    (face,) = finder(session).find(LARGE_PICTURE)
    assert session.asked == [320, 640]
    assert face.box_px == pytest.approx((80, 180, 120, 220), abs=0.01)


def test_a_large_face_in_the_first_look_spares_the_second() -> None:
    session = Answering({320: [column(160, 160, 120, 0.9)]})
    assert len(finder(session).find(LARGE_PICTURE)) == 1
    assert session.asked == [320]


def test_a_face_that_both_looks_find_is_one_face() -> None:
    session = Answering({320: [column(160, 160, 40, 0.6)], 640: [column(320, 320, 80, 0.9)]})
    (face,) = finder(session).find(LARGE_PICTURE)
    assert session.asked == [320, 640]
    assert face.probability == pytest.approx(0.9)


def test_a_picture_full_of_false_faces_is_answered_within_bounds() -> None:
    columns = [column(32 + 2 * (i % 128), 32 + 2 * (i // 128), 17, 0.9) for i in range(8000)]
    assert len(finder(Answering({320: columns})).find(SMALL_PICTURE)) <= 400


def test_the_threshold_is_that_of_the_card() -> None:
    card = card_pb2.ModelCard(name="face_finder")
    point = card_pb2.OperatingPoint(name=OPERATING_POINT, threshold=math.log(0.4 / 0.6))
    card.postprocessing.operating_points.append(point)
    assert threshold_of(LoadedModel(card, "", Path())) == pytest.approx(0.4)


def test_a_card_without_threshold_is_refused() -> None:
    with pytest.raises(ModelInvalid, match="operating point"):
        threshold_of(LoadedModel(card_pb2.ModelCard(name="face_finder"), "", Path()))


def test_a_card_without_network_is_refused() -> None:
    with pytest.raises(ModelInvalid, match="lists no artefact"):
        open_finder(LoadedModel(card_pb2.ModelCard(name="face_finder"), "", Path()))
