from __future__ import annotations

import cv2
import numpy as np
import pytest

from image_svc.cues.gates import Admitted, Refusal, admit, quality_of
from image_svc.features import FREQUENCY_WINDOW
from kit.vision.faces import Picture
from telltale.common.v1 import evidence_pb2
from tests.support.image import a_face, compressed, noisy_picture

CUT = FREQUENCY_WINDOW.around


def soft_picture() -> Picture:
    return np.asarray(
        cv2.resize(noisy_picture(24, 24, sigma=50), (256, 256), interpolation=cv2.INTER_CUBIC), dtype=np.uint8
    )


def refused(answer: Admitted | Refusal) -> Refusal:
    assert isinstance(answer, Refusal)
    return answer


def test_a_picture_without_a_face_is_refused() -> None:
    refusal = refused(admit(noisy_picture(), [], CUT))
    assert refusal.reason == evidence_pb2.ABSTENTION_REASON_NO_FACE


def test_a_small_face_is_refused_with_its_size() -> None:
    refusal = refused(admit(noisy_picture(), [a_face(side=63)], CUT))
    assert refusal.reason == evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL
    assert refusal.parameters == {"face_px": "63", "needed_px": "64"}


def test_a_picture_that_shows_too_little_of_the_face_is_refused() -> None:
    refusal = refused(admit(noisy_picture(60, 300), [a_face(top=-10, side=90)], CUT))
    assert refusal.reason == evidence_pb2.ABSTENTION_REASON_PICTURE_TOO_SMALL
    assert refusal.parameters["height_px"] == "60"


@pytest.mark.parametrize(("quality", "passes"), [(90, True), (75, True), (5, False)])
def test_a_picture_that_compression_has_flattened_is_refused(quality: int, passes: bool) -> None:
    answer = admit(compressed(soft_picture(), quality), [a_face()], CUT)
    assert isinstance(answer, Admitted) == passes
    if isinstance(answer, Refusal):
        assert answer.reason == evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED


def test_what_is_admitted_lies_around_the_face() -> None:
    picture = noisy_picture(400, 400)
    admitted = admit(picture, [a_face(left=205, top=101, side=100)], CUT)
    assert isinstance(admitted, Admitted)
    left, top, right, bottom = admitted.area_px
    assert left < 205 < 305 < right
    assert top < 101 < 201 < bottom
    assert np.array_equal(admitted.pixels, picture[top:bottom, left:right])


def test_quality_falls_with_compression_and_strangeness() -> None:
    assert quality_of(1.0, 0.3) == 1
    assert 0 < quality_of(1.8, 0.3) < 1
    assert 0 < quality_of(1.0, 0.8) < 1
    assert quality_of(2.3, 0.0) == quality_of(1.0, 1.0) == 0
