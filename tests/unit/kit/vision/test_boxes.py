from __future__ import annotations

import numpy as np
import pytest

from kit.vision.boxes import overlaps, strongest


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
