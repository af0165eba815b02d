from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from av_sync_svc.seams import FEATURE_NAMES
from colab_training.av_coherence.fitting import Fit, fit, judge
from colab_training.metrics import auc
from kit.models.fitted import FittedTest
from tests.training.colab_training.av_coherence.made_up import SEAM_S, an_item

ITEMS = [an_item(number, shift=6.0) for number in range(200)]


@pytest.fixture(scope="module")
def fitted() -> Fit:
    return fit(ITEMS, 0.1, 0)


def test_only_the_telling_feature_gets_weight(fitted: Fit) -> None:
    first, *others = fitted.parameters.weights
    assert first > 4 * max(abs(weight) for weight in others)
    assert len(fitted.parameters.weights) == len(FEATURE_NAMES)


def test_the_most_seam_like_moment_is_the_seam(fitted: Fit) -> None:
    found = [judge(FittedTest.of(fitted.parameters), item) for item in ITEMS if item.fake]
    assert np.mean([abs(judged.at_s - SEAM_S) < 0.001 for judged in found]) > 0.95


def test_every_stretch_is_judged_by_a_fit_without_its_speaker(fitted: Fit) -> None:
    assert len(fitted.left_out) == len(ITEMS)
    assert auc([item.fake for item in ITEMS], [judged.raw for judged in fitted.left_out]) > 0.9


def test_calibration_is_bounded_by_the_number_of_recordings(fitted: Fit) -> None:
    # 100 recordings of each class, of which ten may lie beyond.
    assert fitted.calibration.limit == pytest.approx(np.log(10))
    assert np.abs(fitted.ratios(fitted.left_out)).max() <= fitted.calibration.limit
    assert fitted.calibration.items == len(ITEMS)
