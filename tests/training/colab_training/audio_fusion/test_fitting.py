"""Weight, prior, thresholds and search discount of recordings."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from colab_training.audio_fusion.fitting import fit, shares, thresholds
from colab_training.audio_fusion.recordings import labels, log_odds_of, single, strung
from colab_training.voice_spoof.judgements import Judgement
from fusion_svc.model import KindParameters
from tests.training.colab_training.audio_fusion.made_up import LARGE, SMALL, judgements, settings


def fitted(said: list[Judgement]) -> KindParameters:
    return fit([single(entry) for entry in said], strung(said, settings()), settings())


def rate(said: list[Judgement], parameters: KindParameters, source: str, way: str) -> float:
    chosen = [single(entry) for entry in said if entry.source == source and entry.damage == way]
    return float((log_odds_of(chosen, parameters) >= parameters.labels.suspicious).mean())


@pytest.fixture(scope="module")
def parameters() -> KindParameters:
    return fitted(judgements())


def test_fakes_and_real_recordings_are_told_apart(parameters: KindParameters) -> None:
    singles = [single(entry) for entry in judgements(split="val")]
    log_odds, fake = log_odds_of(singles, parameters), labels(singles)
    assert np.median(log_odds[fake]) > 0 > np.median(log_odds[~fake])


@pytest.mark.parametrize("way", ["", "random"])
@pytest.mark.parametrize("source", [LARGE, SMALL])
def test_no_source_is_accused_more_often_than_agreed(source: str, way: str) -> None:
    said = judgements(callers=2.0)
    assert rate(said, fitted(said), source, way) <= 0.05


def test_few_fakes_are_called_authentic(parameters: KindParameters) -> None:
    fakes = [single(entry) for entry in judgements() if entry.fake]
    assert (log_odds_of(fakes, parameters) <= parameters.labels.authentic).mean() <= 0.10


def test_long_real_recordings_are_accused_no_more_often_than_agreed(parameters: KindParameters) -> None:
    real = [entry for entry in strung(judgements(), settings()) if not entry.fake]
    told = log_odds_of(real, parameters) >= parameters.labels.suspicious
    for length in settings().lengths:
        for damaged in (False, True):
            chosen = [len(entry.ratios) == length and bool(entry.damage) == damaged for entry in real]
            assert told[chosen].mean() <= 0.05


def test_the_discount_is_paid_by_long_recordings_alone(parameters: KindParameters) -> None:
    dear = fitted_with(parameters, 2.0)
    singles = [single(entry) for entry in judgements()[:50]]
    assert log_odds_of(singles, dear) == pytest.approx(log_odds_of(singles, parameters), abs=2e-3)


def test_recordings_that_are_fake_throughout_are_found_however_long(parameters: KindParameters) -> None:
    fakes = [entry for entry in strung(judgements(), settings()) if entry.fake and not entry.damage]
    told = log_odds_of(fakes, parameters) >= parameters.labels.suspicious
    for length in settings().lengths:
        assert told[[len(entry.ratios) == length for entry in fakes]].mean() > 0.5


def fitted_with(parameters: KindParameters, discount: float) -> KindParameters:
    """The same with another discount, its prior adjusted as the fit does: two stretches are searched in three seconds."""
    added = (discount - (parameters.search_discount or 0.0)) * np.log(2)
    update = {"prior_log_odds": parameters.prior_log_odds + added, "search_discount": discount}
    return parameters.model_copy(update=update)


def test_a_voice_test_that_points_the_wrong_way_is_refused() -> None:
    with pytest.raises(ValueError, match="tells nothing"):
        fitted(judgements(gap=-2.0))


def test_classes_count_alike_and_damaged_recordings_like_others() -> None:
    singles = [single(entry) for entry in judgements()]
    importance, fake = shares(singles), labels(singles)
    damaged = np.array([bool(entry.damage) for entry in singles])
    assert importance[fake].sum() == pytest.approx(importance[~fake].sum())
    assert importance[fake & damaged].sum() == pytest.approx(importance[fake & ~damaged].sum())


def test_labels_are_likelier_than_not_however_well_all_is_told_apart() -> None:
    singles = [single(entry) for entry in judgements()]
    limits = thresholds(singles, np.where(labels(singles), 9.0, -9.0))
    assert limits["authentic"] == -0.1
    assert limits["suspicious"] == limits["manipulated"] == 0.1
