from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import protovalidate
import pytest

from image_svc.cues.face_spatial import FaceSpatialCue
from kit.vision.faces import Face
from telltale.common.v1 import evidence_pb2
from tests.support.image import FixedSession, a_face, a_model, noisy_picture


def examine(
    logits: Sequence[float],
    faces: Sequence[Face],
    maps: np.ndarray[tuple[int, ...], np.dtype[np.float32]] | None = None,
) -> tuple[evidence_pb2.Evidence, FixedSession]:
    session = FixedSession({"logit": np.asarray(logits, dtype=np.float32)} | ({} if maps is None else {"map": maps}))
    evidence = FaceSpatialCue(session, a_model("face_spatial", limit=6)).examine(noisy_picture(400, 400), faces)
    protovalidate.validate(evidence)
    return evidence, session


def test_one_face_gives_its_own_ratio() -> None:
    evidence, _ = examine([2.5], [a_face()])
    assert evidence.finding.log_likelihood_ratio == pytest.approx(2.5)
    assert evidence.finding.reason.code == "face_texture_synthetic"
    assert [region.track_id for region in evidence.finding.regions] == [0]


def test_a_natural_face_is_not_pointed_at() -> None:
    evidence, _ = examine([-2.5], [a_face()])
    assert evidence.finding.reason.code == "face_texture_natural"
    assert not evidence.finding.regions


def test_the_most_suspicious_of_several_faces_decides() -> None:
    evidence, _ = examine([-3, 5, -3, -3], [a_face(side=100 - i) for i in range(4)])
    assert evidence.finding.log_likelihood_ratio == pytest.approx(5 - math.log(4), abs=0.02)
    assert [region.track_id for region in evidence.finding.regions] == [1]
    assert evidence.finding.reason.parameters == {"faces": "4", "suspicious_faces": "1"}


def test_many_innocent_faces_are_no_more_suspicious_than_one() -> None:
    alone, _ = examine([-1], [a_face()])
    crowd, _ = examine([-1] * 6, [a_face()] * 6)
    assert crowd.finding.log_likelihood_ratio == pytest.approx(alone.finding.log_likelihood_ratio)


def test_faces_become_tensors_as_the_card_says() -> None:
    _, session = examine([0, 0], [a_face(side=90), a_face(side=80)])
    assert session.asked[0]["face"].shape == (2, 3, 32, 32)


def test_small_faces_are_left_out_and_tracks_keep_their_numbers() -> None:
    evidence, session = examine([4], [a_face(side=200), a_face(side=30)])
    assert session.asked[0]["face"].shape[0] == 1
    assert evidence.finding.regions[0].track_id == 0


def test_it_abstains_without_a_face() -> None:
    evidence, session = examine([], [])
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_NO_FACE
    assert not session.asked


def test_it_abstains_when_every_face_is_too_small() -> None:
    evidence, session = examine([], [a_face(side=59)])
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL
    assert evidence.abstention.parameters == {"face_px": "59", "needed_px": "60"}
    assert not session.asked


def test_quality_grows_with_the_face_up_to_twice_the_smallest() -> None:
    qualities = [examine([1], [a_face(side=side, probability=1)])[0].finding.quality for side in (60, 90, 120, 240)]
    assert qualities == pytest.approx([0.5, 0.75, 1, 1])


def test_the_map_of_a_suspicious_face_covers_its_crop() -> None:
    maps = np.asarray([[[-9, 9], [-9, 9]]], dtype=np.float32)
    evidence, _ = examine([3], [a_face(left=100, top=100, side=100)], maps)
    assert list(evidence.finding.map.values) == [0, 255, 0, 255]
    assert evidence.finding.map.area.x_min == pytest.approx(75 / 400)
    assert evidence.finding.map.area.y_max == pytest.approx(225 / 400)


def test_a_natural_face_has_no_map() -> None:
    evidence, _ = examine([-3], [a_face()], np.ones((1, 2, 2), dtype=np.float32))
    assert not evidence.finding.HasField("map")
