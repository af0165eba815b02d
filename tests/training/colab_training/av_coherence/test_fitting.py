from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import dataclasses

import numpy as np

from av_sync_svc.seams import FEATURE_NAMES
from colab_training.av_coherence.fitting import Fit, Lessons, fit, judge, windows_of
from kit.models.fitted import FittedTest
from tests.training.colab_training.av_coherence.made_up import SEAM_S, SOUND, lessons

LESSONS = lessons()


@pytest.fixture(scope="module")
def fitted() -> Fit:
    return fit(LESSONS, 0.1, 0, SOUND)


def test_only_the_telling_feature_gets_weight(fitted: Fit) -> None:
    first, *others = fitted.parameters.weights
    assert first > 4 * max(abs(weight) for weight in others)
    assert len(fitted.parameters.weights) == len(FEATURE_NAMES)


def test_the_most_seam_like_moment_is_the_seam(fitted: Fit) -> None:
    found = [judge(FittedTest.of(fitted.parameters), item) for item in LESSONS.edits]
    assert np.mean([abs(judged.at_s - SEAM_S) < 0.001 for judged in found]) > 0.95


def test_every_whole_file_is_judged_by_a_fit_without_its_speaker(fitted: Fit) -> None:
    whole = FittedTest.of(fitted.parameters)
    assert len(fitted.left_out) == len(LESSONS.files)
    assert fitted.left_out[0] != windows_of(whole, LESSONS.files[0], SOUND)


def test_edits_are_told_from_whole_files(fitted: Fit) -> None:
    test = FittedTest.of(fitted.parameters)
    assert np.median(fitted.ratios([windows_of(test, item, SOUND) for item in LESSONS.edits])) > 1
    assert np.median(fitted.ratios(fitted.left_out)) < -1


def test_calibration_is_bounded_by_the_number_of_recordings(fitted: Fit) -> None:
    # 100 recordings of each class, of which ten may lie beyond.
    assert fitted.calibration.limit == pytest.approx(np.log(10))
    assert np.abs(fitted.ratios(fitted.left_out)).max() <= fitted.calibration.limit + 1e-9


def test_the_median_file_of_every_source_speaks_against_a_seam() -> None:
    # Seams can hardly be told here, and one source changes more abruptly than the others.
    edits = [dataclasses.replace(item) for item in LESSONS.edits]
    files = []
    for item in LESSONS.files:
        moved = item.moments.features.copy()
        moved[:, 0] += 4.0 * (item.recording.source == "other")
        files.append(dataclasses.replace(item, moments=dataclasses.replace(item.moments, features=moved), way="none"))
    ratios = (found := fit(Lessons(LESSONS.moments, edits, files), 0.1, 0, SOUND)).ratios(found.left_out)
    for source in ("most", "other"):
        assert np.median(ratios[[item.recording.source == source for item in files]]) < 0


def test_windows_know_whether_a_seam_was_made_in_them(fitted: Fit) -> None:
    heard = windows_of(FittedTest.of(fitted.parameters), LESSONS.edits[0], SOUND)
    assert [window.seam for window in heard] == [True]


def test_a_file_without_a_window_has_no_ratio(fitted: Fit) -> None:
    assert np.isnan(fitted.ratios([[]])).all()
