from __future__ import annotations

import cv2
import numpy as np
import pytest

from image_svc.cues.gates import Refusal
from image_svc.cues.handcrafted import Measured
from image_svc.cues.noise_residual import measure
from telltale.common.v1 import evidence_pb2
from tests.support.image import a_face, noisy_picture


def test_a_smoothed_face_responds_inside_the_map_and_its_surroundings_do_not() -> None:
    picture = noisy_picture(320, 320)
    picture[112:208, 112:208] = cv2.GaussianBlur(picture, (0, 0), 1.5)[112:208, 112:208]
    measured = measure(picture, [a_face(left=96, top=96, side=128)])
    assert isinstance(measured, Measured)
    assert measured.anomaly is not None
    response = measured.anomaly.response
    middle = response.shape[0] // 2
    assert response[middle, middle] > 0.8
    assert np.median(response[:4]) < 0.3


def test_the_map_lies_where_its_patches_are() -> None:
    measured = measure(noisy_picture(320, 320), [a_face(left=96, top=96, side=128)])
    assert isinstance(measured, Measured)
    assert measured.anomaly is not None
    left, top, right, bottom = measured.anomaly.area_px
    rows, columns = measured.anomaly.response.shape
    assert (left, top) == (36, 36)
    assert (right - left, bottom - top) == pytest.approx((8 * columns, 8 * rows))


def test_a_saturated_picture_cannot_be_measured() -> None:
    picture = np.full((320, 320, 3), 255, dtype=np.uint8)
    refusal = measure(picture, [a_face(left=96, top=96, side=128)])
    assert isinstance(refusal, Refusal)
    assert refusal.reason == evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE
