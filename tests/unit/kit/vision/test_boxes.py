from __future__ import annotations

import numpy as np
import pytest

from kit.vision.boxes import cut, overlaps, shifted, squared, strongest


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(rows, dtype=np.float32)


def test_overlap_is_shared_area_over_union_or_over_the_smaller_box() -> None:
    pair = boxes((0, 0, 10, 10), (0, 0, 5, 10))
    assert overlaps(pair, of_smaller=False)[0, 1] == pytest.approx(0.5)
    assert overlaps(pair, of_smaller=True)[0, 1] == pytest.approx(1.0)


def test_boxes_apart_do_not_overlap() -> None:
    assert overlaps(boxes((0, 0, 4, 4), (5, 5, 9, 9)), of_smaller=False)[0, 1] == 0


def test_suppression_keeps_the_most_probable_of_close_boxes_and_every_lone_one() -> None:
    crowd = boxes((0, 0, 10, 10), (1, 0, 11, 10), (50, 50, 60, 60))
    kept = strongest(crowd, np.asarray([0.7, 0.9, 0.8], dtype=np.float32), 0.5)
    assert kept.tolist() == [1, 2]


def test_a_suppressed_box_suppresses_no_other() -> None:
    chain = boxes((0, 0, 10, 10), (4, 0, 14, 10), (8, 0, 18, 10))
    kept = strongest(chain, np.asarray([0.9, 0.8, 0.7], dtype=np.float32), 0.3)
    assert kept.tolist() == [0, 2]


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
