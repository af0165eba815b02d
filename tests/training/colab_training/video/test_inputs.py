"""What a test learns from is what services measure, and the same of augmented copies; it is computed once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av", reason="the media library is not installed")

from colab_training.video.inputs import INPUTS, with_inputs
from colab_training.video.learning import inputs_of
from temporal_svc.features import flow_features, motion_series
from tests.training.colab_training.video.made_up import a_tag, clips, noisy_clips, settings

CLIPS = noisy_clips([a_tag(name="a"), a_tag("float", name="b")])


def test_first_comes_what_services_measure_of_the_clip(tmp_path: Path) -> None:
    measured = inputs_of(with_inputs(CLIPS, settings("face_drift"), tmp_path))
    assert measured.shape == (2, 2, 15, 40)
    np.testing.assert_array_equal(measured[1, 0], motion_series(CLIPS.clip(1)))


def test_then_come_copies_each_augmented_in_its_own_way(tmp_path: Path) -> None:
    measured = inputs_of(with_inputs(CLIPS, settings("face_drift", variants=2), tmp_path))
    plain, first, second = measured.transpose(1, 0, 2, 3)
    np.testing.assert_array_equal(plain[0], plain[1])  # the two clips are alike
    for one, other in ((first[0], plain[0]), (first[0], first[1]), (first[0], second[0])):
        assert (one != other).any()


def test_fitted_tests_learn_from_clips_as_they_are(tmp_path: Path) -> None:
    measured = inputs_of(with_inputs(CLIPS, settings("flow_consistency"), tmp_path))
    assert measured.shape == (2, 1, 66)
    np.testing.assert_array_equal(measured[0, 0], flow_features(CLIPS.clip(0)))


def test_what_was_computed_is_kept_and_other_clips_are_computed_anew(tmp_path: Path) -> None:
    first = with_inputs(CLIPS, settings("blending_flicker"), tmp_path)
    (kept,) = tmp_path.iterdir()
    before = kept.stat().st_mtime_ns
    np.testing.assert_array_equal(
        inputs_of(with_inputs(CLIPS, settings("blending_flicker"), tmp_path)), inputs_of(first)
    )
    assert kept.stat().st_mtime_ns == before
    with_inputs(CLIPS.only([0]), settings("blending_flicker"), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_maps_are_kept_in_half_the_space_and_still_close() -> None:
    clip = CLIPS.clip(0)
    exact = INPUTS["face_motion"].of(clip)
    np.testing.assert_allclose(exact.astype(INPUTS["face_motion"].dtype), exact, atol=0.01)


def test_inputs_that_were_not_computed_are_refused() -> None:
    with pytest.raises(ValueError, match="computed inputs"):
        inputs_of(clips([a_tag()]))
