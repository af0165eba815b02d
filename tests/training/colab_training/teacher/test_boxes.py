"""Boxes between the stages of the cascade."""

from __future__ import annotations

import numpy as np

from colab_training.teacher.boxes import cut, shifted, squared


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(rows, dtype=np.float32)


def test_a_square_keeps_the_centre_and_the_longer_side() -> None:
    assert squared(boxes((0, 0, 10, 20))).tolist() == [[-5, 0, 15, 20]]


def test_offsets_are_shares_of_the_box() -> None:
    assert shifted(boxes((0, 0, 10, 20)), boxes((0.1, 0.1, -0.1, 0))).tolist() == [[1, 2, 9, 20]]


def test_a_cut_is_black_outside_the_picture() -> None:
    white = np.full((8, 8, 3), 255, dtype=np.uint8)
    part = cut(white, np.asarray([-8, 0, 8, 16], dtype=np.float32), 16)
    assert part[:8, 8:].min() == 255
    assert part[:, :8].max() == part[8:].max() == 0


def test_a_box_wholly_outside_the_picture_is_cut_black() -> None:
    white = np.full((8, 8, 3), 255, dtype=np.uint8)
    assert cut(white, np.asarray([-20, -20, -10, -10], dtype=np.float32), 4).max() == 0
