from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import protovalidate
import pytest

from image_svc.cues.noise_residual import NoiseResidualCue
from kit.models.card import LoadedModel
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2
from tests.support.image import FixedSession, a_face, a_model, compressed, noisy_picture


def a_window_model() -> LoadedModel:
    model = a_model("noise_residual", limit=3)
    shape = model.card.image_preprocessing
    shape.window.CopyFrom(card_pb2.NativeWindow(scale=1.0, min_face_px=64, multiple_px=16))
    shape.height_px = shape.width_px = 128
    return model


def soft_picture() -> Picture:
    return np.asarray(cv2.resize(noisy_picture(24, 24, sigma=50), (256, 256), interpolation=cv2.INTER_CUBIC), np.uint8)


def examine(
    logit: float, faces: Sequence[Face], picture: Picture | None = None
) -> tuple[evidence_pb2.Evidence, FixedSession]:
    cells = np.asarray([[[-9, 9], [-9, -9]]], dtype=np.float32)
    session = FixedSession({"logit": np.asarray([logit], dtype=np.float32), "map": cells})
    pixels = noisy_picture(320, 400) if picture is None else picture
    evidence = NoiseResidualCue(session, a_window_model()).examine(pixels, faces)
    protovalidate.validate(evidence)
    return evidence, session


@pytest.mark.parametrize(
    ("logit", "ratio", "code"),
    [(1.5, 1.5, "noise_inconsistent"), (-1.5, -1.5, "noise_consistent"), (9, 3, "noise_inconsistent")],
)
def test_the_ratio_is_calibrated_and_bounded_by_the_card(logit: float, ratio: float, code: str) -> None:
    evidence, _ = examine(logit, [a_face()])
    assert evidence.finding.log_likelihood_ratio == pytest.approx(ratio)
    assert (evidence.cue, evidence.finding.reason.code) == ("noise_residual", code)


def test_only_a_suspicious_face_is_pointed_at_and_mapped() -> None:
    suspicious, _ = examine(1, [a_face()])
    innocent, _ = examine(-1, [a_face()])
    assert [region.track_id for region in suspicious.finding.regions] == [0]
    assert not innocent.finding.regions
    assert not innocent.finding.HasField("map")


def test_the_map_lies_on_the_window() -> None:
    evidence, _ = examine(2, [a_face(left=104, top=64, side=128)])
    assert list(evidence.finding.map.values) == [0, 255, 0, 0]
    area = evidence.finding.map.area
    assert (area.x_min, area.x_max) == pytest.approx((104 / 400, 232 / 400))
    assert (area.y_min, area.y_max) == pytest.approx((64 / 320, 192 / 320))


def test_the_network_sees_the_largest_face_at_native_resolution() -> None:
    _, session = examine(0, [a_face(left=104, top=64, side=96), a_face(side=80)])
    (asked,) = session.asked
    expected = noisy_picture(320, 400)[64:160, 104:200].transpose(2, 0, 1) / 127.5 - 1
    assert asked["window"].shape == (1, 3, 96, 96)
    assert np.allclose(asked["window"][0], expected, atol=1e-6)


def test_a_large_face_is_scaled_down_to_what_the_network_may_see() -> None:
    _, session = examine(0, [a_face(left=16, top=16, side=256)])
    assert session.asked[0]["window"].shape == (1, 3, 128, 128)


@pytest.mark.parametrize(
    ("faces", "picture", "reason"),
    [
        ([], noisy_picture(), evidence_pb2.ABSTENTION_REASON_NO_FACE),
        ([a_face(side=63)], noisy_picture(), evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL),
        ([a_face(side=90)], noisy_picture(40, 300), evidence_pb2.ABSTENTION_REASON_PICTURE_TOO_SMALL),
        ([a_face()], compressed(soft_picture(), 5), evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED),
    ],
    ids=["no face", "small face", "small picture", "compressed"],
)
def test_it_abstains_without_asking_the_network(
    faces: list[Face], picture: Picture, reason: evidence_pb2.AbstentionReason.ValueType
) -> None:
    evidence, session = examine(5, faces, picture)
    assert evidence.abstention.reason == reason
    assert not session.asked


def test_quality_falls_with_an_unsure_face() -> None:
    sure, unsure = (examine(1, [a_face(probability=p)])[0].finding.quality for p in (1.0, 0.5))
    assert unsure == pytest.approx(sure / 2)
