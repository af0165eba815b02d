from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path

from colab_training.av_coherence.card import write_model
from colab_training.av_coherence.fitting import fit
from colab_training.av_coherence.report import Measured, threshold_of
from colab_training.av_coherence.settings import load_coherence_settings
from kit.models.card import load_model
from kit.models.fitted import read_fitted
from telltale.model.v1 import card_pb2
from tests.training.colab_training.av_coherence.made_up import SOUND, lessons

CONFIG = Path(__file__).parents[4] / "colab_training" / "configs" / "av_coherence.toml"
LESSONS = lessons()


def test_the_model_can_be_read_back(tmp_path: Path) -> None:
    settings, fitted = load_coherence_settings(CONFIG), fit(LESSONS, 0.1, 0, SOUND)
    point = card_pb2.OperatingPoint(name="p", threshold=threshold_of(fitted, LESSONS.files))
    write_model(tmp_path, settings, CONFIG, fitted, LESSONS.moments, Measured([], point), {"speech": "ab" * 32})
    model = load_model(tmp_path)
    assert model.card.sound_preprocessing.window_s == settings.window_s
    assert {(data.name, data.items) for data in model.card.training_data} == {("most", 90), ("other", 10)}
    assert read_fitted(model).weights == pytest.approx(fitted.parameters.weights)
    assert "Opus" in (tmp_path / "CARD.md").read_text(encoding="utf-8")
