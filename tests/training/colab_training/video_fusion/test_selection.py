"""Tests of videos that are worth a weight."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from colab_training.video_fusion.fitting import hear
from colab_training.video_fusion.left_out import fit_chosen
from colab_training.video_fusion.selection import chosen_tests, given_weights
from tests.training.colab_training.video_fusion.made_up import clips, settings

CUES = ["face_drift", "face_motion"]


def test_a_test_that_sees_nothing_is_not_taken_up() -> None:
    found = clips(12)
    assert chosen_tests(found, [hear(entry, CUES) for entry in found], CUES, settings()) == ["face_motion"]


def test_what_is_not_chosen_weighs_nothing() -> None:
    found = clips(12)
    fitted = fit_chosen(found, [hear(entry, CUES) for entry in found], CUES, settings())
    assert fitted.weights["face_drift"] == 0.0 < fitted.weights["face_motion"]


def test_weights_by_hand_stay_and_chosen_ones_are_to_be_found() -> None:
    given = given_weights(["face_motion"], [*CUES, "lip_sync"], settings(by_hand={"lip_sync": 0.5}))
    np.testing.assert_array_equal(given, [0.0, np.nan, 0.5])


def test_no_test_is_taken_up_where_none_gains_enough() -> None:
    found = clips(4)
    assert not chosen_tests(found, [hear(entry, CUES) for entry in found], CUES, settings(least_gain=10.0))
