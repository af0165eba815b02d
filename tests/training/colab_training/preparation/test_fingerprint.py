"""One picture in two files is found; two pictures alike in shape or in brightness are not taken for one."""

from __future__ import annotations

import cv2
import numpy as np

from colab_training.preparation.fingerprint import Fingerprint, fingerprint, near_pairs
from colab_training.preparation.settings import DuplicateSettings
from tests.support.small_faces import drawing

HOW = DuplicateSettings(most_bits=32, least_correlation=0.95)


def of(picture: np.ndarray) -> Fingerprint:
    return fingerprint(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


def encoded_again(picture: np.ndarray) -> np.ndarray:
    small = cv2.resize(picture, (120, 120), interpolation=cv2.INTER_AREA)
    return cv2.imdecode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 50])[1], cv2.IMREAD_COLOR)


def test_a_smaller_and_compressed_copy_is_the_same_picture() -> None:
    prints = [of(drawing(1)), of(drawing(2)), of(encoded_again(drawing(1)))]
    assert near_pairs(prints, HOW) == [(0, 2)]


def test_a_darker_copy_is_the_same_picture() -> None:
    assert near_pairs([of(drawing(1)), of(drawing(1) // 3)], HOW) == [(0, 1)]


def test_different_pictures_are_different() -> None:
    assert near_pairs([of(drawing(seed)) for seed in range(40)], HOW) == []


def test_the_same_hash_with_another_thumbnail_is_another_picture() -> None:
    one, other = of(drawing(1)), of(drawing(2))
    assert near_pairs([one, Fingerprint(one.signs, other.thumbnail)], HOW) == []


def test_pairs_are_found_across_blocks() -> None:
    prints = [of(drawing(seed)) for seed in range(600)]
    assert near_pairs([*prints, prints[3]], HOW) == [(3, 600)]


def test_a_picture_of_one_colour_has_a_fingerprint() -> None:
    assert np.isfinite(of(np.full((64, 64, 3), 7, np.uint8)).thumbnail).all()


def test_no_pictures_have_no_pairs() -> None:
    assert near_pairs([], HOW) == []
