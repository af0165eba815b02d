"""A run's model can be loaded by services, is calibrated on groups left out, and its card says how good it is."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training.metrics import Estimate
from colab_training.voice_spoof.card import Run, write_model
from colab_training.voice_spoof.cross_fit import cross_fit
from colab_training.voice_spoof.export import INPUT, LOGIT, MAX_DIFFERENCE, difference
from colab_training.voice_spoof.judge import VoiceSpoofNet
from kit.models.onnx import open_network
from kit.models.registry import Registry
from telltale.model.v1 import card_pb2
from tests.training.colab_training.voice_spoof.made_up import (
    a_data_folder,
    a_voice,
    settings,
    utterances,
    versions,
    with_numbers,
)

OUTSIDE = {"train": Estimate(0.6, 0.5, 0.7, 88), "val": Estimate(0.55, 0.4, 0.7, 20)}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    val = [own for own in utterances() if own.split == "val"]
    data = a_data_folder(tmp_path_factory.mktemp("data"), val)
    items = with_numbers(list(versions(utterances())))
    found = cross_fit(settings(), items, lambda line: None)
    return Run(settings(), items, found, Path("voice_spoof.toml"), data, "ab" * 32, OUTSIDE)


@pytest.fixture(scope="module")
def models(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_model(run, folder / "voice_spoof" / "0.0.0")
    return folder


@pytest.fixture(scope="module")
def card(models: Path) -> card_pb2.ModelCard:
    return Registry(models).load("voice_spoof").card


def test_services_can_run_it_for_any_length_and_number(run: Run, models: Path) -> None:
    session = open_network(Registry(models).load("voice_spoof"))
    for seconds, count in ((1.0, 1), (1.37, 3), (3.0, 2)):
        sounds = np.stack([a_voice(seconds, seed) for seed in range(count)])
        assert session.run({INPUT: sounds})[LOGIT].shape == (count,)
    path = models / "voice_spoof" / "0.0.0" / "model.onnx"
    assert difference(VoiceSpoofNet(run.found.judge), path, [a_voice(1.2), a_voice(2.0)]) < MAX_DIFFERENCE


def test_windows_are_cut_as_in_training(card: card_pb2.ModelCard) -> None:
    assert card.sound_preprocessing == settings().preprocessing()
    assert card.modality == "audio"


def test_the_calibration_claims_no_more_than_the_recordings_support(card: card_pb2.ModelCard) -> None:
    calibration = card.postprocessing.calibration
    assert calibration.slope > 0
    assert calibration.limit == pytest.approx(np.log(4))  # forty recordings of the rarer class
    assert calibration.items == 2 * 88  # as they are and damaged, without copies


def test_no_source_is_accused_more_often_than_promised(card: card_pb2.ModelCard) -> None:
    (point,) = card.postprocessing.operating_points
    assert (point.name, point.authentic_items, point.manipulated_items) == ("synthetic", 48, 40)
    assert point.false_positive_rate <= 0.05
    accused = [row for row in card.metrics if row.metric == "real speech accused" and row.split.startswith("train")]
    assert {row.dataset for row in accused} == {"campaign", "librispeech_resemblyzer", "all"}
    assert all(row.value <= 0.05 for row in accused)


def test_the_card_tells_of_data_and_of_the_outside(card: card_pb2.ModelCard, models: Path) -> None:
    told = {data.name: data.items for data in card.training_data}
    assert told == {"campaign": 24, "librispeech_resemblyzer": 24, "gen_offline": 40}
    rows = {row.split: row.value for row in card.metrics if row.dataset == "outside"}
    assert rows == pytest.approx({"train, left out": 0.6, "val": 0.55})
    assert "vocoders" in (models / "voice_spoof/0.0.0/CARD.md").read_text(encoding="utf-8")
