"""A run's model can be loaded by services, is calibrated on sources left out, and its card says how good it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.video.card import Sets, clip_weights, write_folds, write_model
from colab_training.video.cross_fit import CrossFit, cross_fit
from colab_training.video.learning import inputs_of
from kit.models.fitted import read_fitted
from kit.models.registry import Registry
from tests.training.colab_training.video.made_up import a_tag, recorded_and_made, settings


@pytest.fixture
def sets(tmp_path: Path) -> Sets:
    recorded, made = recorded_and_made()
    return Sets(made, recorded, Path("flow_consistency.toml"), "ab" * 32)


@pytest.fixture
def found(sets: Sets, tmp_path: Path) -> CrossFit:
    return cross_fit(settings(), sets.made, sets.recorded, tmp_path / "cache")


def test_files_weigh_alike_and_sources_by_the_root_of_their_files() -> None:
    tags = [a_tag("grid_s1", name="long")] * 4 + [a_tag("grid_s1", name=str(number)) for number in range(3)]
    tags += [a_tag("float", name="alone"), a_tag("float", fake=True, name="fake")]
    weights = clip_weights(tags)
    assert weights[:4].sum() == pytest.approx(weights[4])
    assert weights[:7].sum() == pytest.approx(2 * weights[7])  # four files against one
    assert weights[:8].mean() == pytest.approx(1)
    assert weights[8] == pytest.approx(1)


def test_what_is_written_is_a_model_that_services_load(sets: Sets, found: CrossFit, tmp_path: Path) -> None:
    write_model(settings(), sets, found, tmp_path / "models" / "flow_consistency" / "0.0.0")
    model = Registry(tmp_path / "models").load("flow_consistency")
    test, row = read_fitted(model), inputs_of(sets.recorded)[0, 0]
    assert test.raw(row) == pytest.approx(found.final.raw(sets.recorded)[0])
    assert model.card.clip_preprocessing.min_face_px == 48
    assert "optical flow" in (model.folder / "CARD.md").read_text(encoding="utf-8")


def test_the_calibration_claims_no_more_than_the_files_support(sets: Sets, found: CrossFit, tmp_path: Path) -> None:
    card = write_model(settings(), sets, found, tmp_path / "model")
    calibration = card.postprocessing.calibration
    assert calibration.slope > 0
    assert calibration.limit == pytest.approx(0.5)  # twelve files a class
    assert calibration.items == np.isfinite(found.made).sum()  # clips out of range are left out


def test_the_card_tells_of_made_and_recorded_clips_of_both_splits(sets: Sets, found: CrossFit, tmp_path: Path) -> None:
    card = write_model(settings(), sets, found, tmp_path / "model")
    rows = {(metric.dataset, metric.split): metric for metric in card.metrics}
    assert set(rows) == {
        ("made fakes, source left out", "train"),
        ("all", "train"),
        ("talking_head", "train"),
        ("all", "val"),
        ("talking_head", "val"),
    }
    assert all(metric.low <= metric.value <= metric.high for metric in card.metrics)
    assert {data.name: data.items for data in card.training_data} == {"grid_s1": 12, "float": 12}


def test_the_folds_are_registries_with_the_shipped_calibration(sets: Sets, found: CrossFit, tmp_path: Path) -> None:
    shipped = write_model(settings(), sets, found, tmp_path / "model")
    write_folds(found, sets, shipped, tmp_path / "cache")
    for number, judge in enumerate(found.folds):
        model = Registry(tmp_path / "cache" / f"fold{number}").load("flow_consistency")
        assert model.card.postprocessing.calibration == shipped.postprocessing.calibration
        np.testing.assert_allclose(read_fitted(model).weights, judge.parameters.weights, rtol=1e-6)
