"""The comparison's bars and its two documents."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("scipy", reason="the training environment is not installed")
pytest.importorskip("skimage", reason="the training environment is not installed")

from bench.faces.measure import Found, Time, square_photo, timed
from bench.faces.report import bars, document, look_name, markdown
from colab_training.face_finder.measure import Sought


def found(recall: float, false_faces: int, processor_ms: float) -> Found:
    """A finder with this recall on 100 faces, this many false faces on 20 photos, as slow as that at any size."""
    faces = [Sought(50.0, 0.9 if index < 100 * recall else 0.1, 0.05 + index / 1000) for index in range(100)]
    times = {look_name(side): Time(2 * processor_ms, processor_ms) for side in (320, 640)}
    return Found(faces, faces, {f"{index}.jpg": int(index < false_faces) for index in range(20)}, times)


def test_a_good_finder_holds_every_bar() -> None:
    assert all(bars(found(0.99, 1, 10.0)).values())


@pytest.mark.parametrize(
    ("finder", "missed"), [(found(0.96, 0, 10.0), 2), (found(1.0, 2, 10.0), 1), (found(1.0, 0, 20.0), 1)]
)
def test_what_is_missed_is_said(finder: Found, missed: int) -> None:
    assert sum(not held for held in bars(finder).values()) == missed


def test_small_faces_are_not_asked_for() -> None:
    small = [Sought(39.0, 0.0, float("nan"))]
    base = found(1.0, 0, 10.0)
    assert all(bars(Found(base.native + small, base.composed + small, base.false_faces, base.times)).values())


def test_the_document_is_plain_json_and_the_table_has_a_column_for_each() -> None:
    results = document({"ours": found(0.99, 1, 10.0), "theirs": found(0.5, 9, 80.0)}, "ours")
    assert json.loads(json.dumps(results))["finders"]["theirs"]["false_faces_in_20_photos"] == 9.0
    page = markdown(results)
    assert "| measure | ours | theirs |" in page
    assert "0.990" in page
    assert "missed" not in page


def test_a_missed_bar_stands_out() -> None:
    assert "**missed**" in markdown(document({"ours": found(0.5, 1, 10.0)}, "ours"))


def test_times_are_medians_of_the_calls_that_count() -> None:
    calls: list[int] = []
    assert timed(lambda: calls.append(1), 5).clock_ms < 1000
    assert len(calls) > 5


def test_the_square_is_made_of_the_largest_photo() -> None:
    small, large = np.zeros((50, 90, 3), np.uint8), np.full((80, 60, 3), 200, np.uint8)
    square = square_photo([small, large], 32)
    assert square.shape == (32, 32, 3)
    assert square.min() == 200
