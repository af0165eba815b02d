"""From what was said of recordings to a model that fusion reads."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

from colab_training.audio_fusion.__main__ import main
from colab_training.audio_fusion.run import run
from colab_training.fusion_card import UNMEASURED_AUDIO_LIMIT
from fusion_svc.model import FusionModel, is_measured, read_fusion_model
from kit.errors import ModelInvalid
from kit.models.card import load_model
from kit.models.registry import Registry
from telltale.model.v1 import card_pb2
from tests.training.colab_training.audio_fusion.made_up import judgements, settings

MODELS = Path(__file__).parents[4] / "models"
SHIPPED = MODELS / "fusion" / Registry(MODELS).versions("fusion")[-1]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fit")
    said = [*judgements(), *judgements(split="val")]
    voice = card_pb2.ModelCard(training_data=[card_pb2.TrainingData(name="readers", licence="CC0", items=120)])
    run(said, settings(), load_model(SHIPPED), voice, "python -m colab_training.audio_fusion", folder / "9.9.9")
    return folder / "9.9.9"


@pytest.fixture(scope="module")
def model(written: Path) -> FusionModel:
    return read_fusion_model(load_model(written))


def test_the_sections_of_other_kinds_stay_as_they_were(model: FusionModel) -> None:
    before = read_fusion_model(load_model(SHIPPED))
    for kind in ("image", "video"):
        assert model.parameters.kinds[kind] == before.parameters.kinds[kind]
    points = {name: point for name, point in before.operating_points.items() if not name.startswith("audio_")}
    assert points.items() <= model.operating_points.items()


def test_points_of_recordings_are_measured_on_what_nothing_was_fitted_on(model: FusionModel) -> None:
    points = [point for name, point in model.operating_points.items() if name.startswith("audio_")]
    assert all(is_measured(point) for point in points)
    assert {point.dataset for point in points} == {"recordings as they are, split val"}


def test_voice_and_seams_are_expected_of_a_recording(model: FusionModel) -> None:
    audio = model.parameters.kinds["audio"]
    assert {"voice_spoof", "av_coherence"} <= set(audio.cues)
    assert audio.search_discount is not None


def test_the_card_tells_what_was_measured_and_on_what(written: Path) -> None:
    card = load_model(written).card
    measured = {(metric.metric, metric.dataset, metric.split) for metric in card.metrics}
    assert ("auc", "after opus (recordings)", "val") in measured
    assert ("real suspicious", "callers (recordings)", "train, left out") in measured
    assert ("worst stretch is the fake one", "3 s of 30 s fake, as they are (recordings)", "val") in measured
    assert "readers (recordings)" in {data.name for data in card.training_data}
    assert UNMEASURED_AUDIO_LIMIT not in card.limits


def test_the_command_line_needs_the_card_of_the_test_of_voices(tmp_path: Path) -> None:
    rows = [asdict(entry) for entry in judgements()]
    (tmp_path / "said.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    options = {"judgements": tmp_path / "said.jsonl", "fusion": SHIPPED, "out": tmp_path / "out", "models": tmp_path}
    with pytest.raises(ModelInvalid, match="voice_spoof"):
        main([text for name, value in options.items() for text in (f"--{name}", str(value))])
