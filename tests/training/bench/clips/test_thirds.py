"""Clips with a swapped middle, and how well stretches that were found lie on it."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("av", reason="the media library is not installed")

from bench.clips.thirds import swapped, temporal_iou
from kit.media.spans import Span
from tests.training.colab_training.video.made_up import FACE_PX, footage

OWN, DONOR = footage(0), footage(1, frames=5, source="float")


def test_only_the_face_in_the_middle_is_swapped() -> None:
    changed = (swapped(OWN, DONOR, 4, 8) != OWN.pixels).any(axis=3)
    assert changed.any(axis=(1, 2)).tolist() == [False] * 4 + [True] * 4 + [False] * 4
    for frame in range(4, 8):
        rows, columns = np.nonzero(changed[frame])
        middle = OWN.landmarks[frame].mean(axis=0)
        assert np.hypot(columns - middle[0], rows - middle[1]).max() < FACE_PX


def test_swapping_leaves_the_footage_itself_alone() -> None:
    before = OWN.pixels.copy()
    swapped(OWN, DONOR, 0, 2)
    np.testing.assert_array_equal(OWN.pixels, before)


@pytest.mark.parametrize(
    ("found", "share"),
    [
        ([Span(1, 2)], 1.0),
        ([Span(1, 1.5)], 0.5),
        ([Span(0.5, 2)], 2 / 3),
        ([Span(0, 1), Span(2, 3)], 0.0),
        ([Span(1, 1.6), Span(1.4, 2)], 1.0),
        ([], 0.0),
    ],
    ids=["exact", "half", "too early", "beside", "overlapping", "none"],
)
def test_the_shared_time_is_held_against_the_joint_time(found: list[Span], share: float) -> None:
    assert temporal_iou(found, Span(1, 2)) == pytest.approx(share, abs=0.02)
