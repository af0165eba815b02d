"""Fitting of the frequency test, on made-up features."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path

import numpy as np

from colab_training.frequency.card import write_model
from colab_training.frequency.examples import Example
from colab_training.frequency.fitting import Fit, fit
from colab_training.frequency.report import metrics
from colab_training.frequency.settings import load_frequency_settings
from colab_training.manifest import Sample
from kit.models.card import load_model
from kit.models.fitted import read_fitted

CONFIG = Path(__file__).parents[4] / "colab_training" / "configs" / "frequency.toml"
TAUGHT = ("swap_dfdc",)


def example(number: int, part: str, *, source: str = "swap_dfdc", shift: float = 1.0) -> Example:
    """The first of three features is `shift` higher for fakes; every other picture is one."""
    fake = number % 2 == 1
    features = np.random.default_rng([number, len(part)]).normal(0, 1, 3).astype(np.float32)
    features[0] += shift * fake
    return Example(Sample(f"{source}/{number}.jpg", fake, "kind", part, str(number)), 0, features)


def examples(*, shift: float = 1.0) -> list[Example]:
    return [example(n, part, shift=shift) for part in ("fit", "calibration", "val") for n in range(1200)]


@pytest.fixture(scope="module")
def fitted() -> Fit:
    return fit(examples(), TAUGHT, 0.01)


def test_only_the_telling_feature_gets_weight(fitted: Fit) -> None:
    first, *others = fitted.parameters.weights
    assert first > 5 * max(abs(weight) for weight in others)


def test_ratios_mean_what_they_say(fitted: Fit) -> None:
    # Two Gaussians one apart: the log-likelihood ratio half a unit above the middle is one half.
    ratios = fitted.ratios(np.asarray([[0.5, 0, 0], [1.0, 0, 0]], dtype=np.float32))
    assert ratios == pytest.approx([0, 0.5], abs=0.15)


def test_no_ratio_exceeds_what_the_calibration_data_reached(fitted: Fit) -> None:
    extreme = fitted.ratios(np.asarray([[3.5, 0, 0]], dtype=np.float32))
    assert extreme == pytest.approx([fitted.calibration.limit])
    assert fitted.calibration.limit < 3


def test_features_far_from_the_fit_have_no_ratio(fitted: Fit) -> None:
    assert np.isnan(fitted.ratios(np.full((1, 3), 30, dtype=np.float32))).all()


def test_a_test_that_sees_nothing_says_next_to_nothing() -> None:
    blind = fit(examples(shift=0), TAUGHT, 0.01)
    assert blind.calibration.limit < 0.3


def test_sources_that_are_not_taught_change_nothing(fitted: Fit) -> None:
    misleading = [example(n, "fit", source="gan_genphotos", shift=-9) for n in range(400)]
    again = fit([*examples(), *misleading], TAUGHT, 0.01)
    assert again.parameters == fitted.parameters


def test_auc_is_reported_per_source_and_part_without_the_fit(fitted: Fit) -> None:
    found = [m for m in metrics(fitted, examples(), TAUGHT) if m.metric == "auc"]
    assert [(m.dataset, m.split) for m in found] == [("swap_dfdc", f"{p}, as filed") for p in ("calibration", "val")]
    assert [m.value for m in found] == pytest.approx([0.76, 0.76], abs=0.05)  # two Gaussians one apart


def test_a_source_that_is_not_taught_is_marked(fitted: Fit) -> None:
    found = metrics(fitted, examples(), ())
    assert {m.dataset for m in found} == {"swap_dfdc (not taught)"}


def test_the_model_that_is_written_can_be_served(fitted: Fit, tmp_path: Path) -> None:
    folder = tmp_path / "frequency" / "2.0.0"
    found = metrics(fitted, examples(), TAUGHT)
    write_model(folder, load_frequency_settings(CONFIG), CONFIG, fitted, found, "ab" * 32)
    assert "swap_dfdc" in (folder / "CARD.md").read_text(encoding="utf-8")
    served = read_fitted(load_model(folder))
    vector = np.asarray([1, 0, 0], dtype=np.float32)
    assert served.raw(vector) * fitted.calibration.slope + fitted.calibration.intercept == pytest.approx(0.5, abs=0.15)
