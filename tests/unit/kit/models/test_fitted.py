from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kit.errors import ModelInvalid
from kit.models.card import LoadedModel
from kit.models.fitted import FittedTest, Parameters, read_fitted
from telltale.model.v1 import card_pb2

GOOD: dict[str, Any] = {"mean": [1, 2], "scale": [1, 2], "weights": [1, -1], "bias": 0.5, "clip": 3, "reach": 2}


def model(folder: Path, content: str) -> LoadedModel:
    (folder / "frequency.json").write_text(content)
    digest = hashlib.sha256(content.encode()).hexdigest()
    artefact = card_pb2.Artefact(file="frequency.json", sha256=digest)
    return LoadedModel(card_pb2.ModelCard(name="frequency", artefacts=[artefact]), "", folder)


def vector(*values: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(values, dtype=np.float32)


def test_the_raw_value_is_the_weighted_sum_of_standardised_features() -> None:
    assert FittedTest.of(Parameters(**GOOD)).raw(vector(2, 6)) == pytest.approx(1 - 2 + 0.5)


def test_no_single_feature_counts_beyond_the_clip() -> None:
    test = FittedTest.of(Parameters(**GOOD))
    assert test.raw(vector(1000, 2)) == pytest.approx(3 + 0.5)


def test_strangeness_is_one_at_the_reach_of_the_fit() -> None:
    test = FittedTest.of(Parameters(**GOOD))
    assert test.strangeness(vector(3, 6)) == pytest.approx(1)
    assert test.strangeness(vector(1, 2)) == 0


def test_a_written_test_is_read_back(tmp_path: Path) -> None:
    assert read_fitted(model(tmp_path, json.dumps(GOOD))).raw(vector(2, 6)) == pytest.approx(-0.5)


@pytest.mark.parametrize(
    "change",
    [{"scale": [1, 0]}, {"weights": [1]}, {"reach": 0}, {"bias": "NaN"}, {"mean": []}, {"surplus": 1}],
    ids=lambda change: next(iter(change)),
)
def test_broken_parameters_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(ModelInvalid, match="no fitted test"):
        read_fitted(model(tmp_path, json.dumps(GOOD | change)))


def test_a_model_without_the_artefact_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelInvalid, match=r"frequency\.json"):
        read_fitted(LoadedModel(card_pb2.ModelCard(name="frequency"), "", tmp_path))
