"""Rows of the card: by source, by system, under each codec, and what is accused wrongly."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np

from colab_training.sound_damage import CODECS
from colab_training.voice_spoof.figures import TRAIN, VAL, untouched, voice_metrics, worst_system
from colab_training.voice_spoof.items import Items
from telltale.model.v1 import card_pb2
from tests.training.colab_training.voice_spoof.made_up import utterances, versions, with_numbers

ITEMS = with_numbers(list(versions(utterances())), count=1)
SYSTEMS = np.array([item.utterance.system for item in ITEMS.items])
DAMAGED = np.array([bool(item.damage or item.copy) for item in ITEMS.items])
HIDDEN = "system 3"
"""The only system that the made-up judge takes for real speech."""


def told() -> np.ndarray:
    """Right about all but one system and, in damaged versions and copies, wrong about everything."""
    right = np.where(ITEMS.fake & (SYSTEMS != HIDDEN), 2.0, -2.0) - np.linspace(0, 0.1, len(SYSTEMS))
    return np.where(DAMAGED, -right, right)


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str, str], card_pb2.Metric]:
    metrics = voice_metrics(ITEMS, told(), 0.0)
    found = {(metric.metric, metric.dataset, metric.split): metric for metric in metrics}
    assert len(found) == len(metrics)
    return found


Rows = dict[tuple[str, str, str], card_pb2.Metric]


def test_recordings_as_they_are_are_counted_once() -> None:
    assert untouched(ITEMS, "train").sum() == 88
    assert untouched(ITEMS, "val").sum() == 20
    assert not (untouched(ITEMS, "train") & DAMAGED).any()


def test_the_whole_is_measured_on_recordings_as_they_are(rows: Rows) -> None:
    assert rows["auc", "all", VAL].value == 1
    assert rows["auc", "all", TRAIN].value == pytest.approx(0.9)  # four of forty fakes below all real speech
    assert (rows["auc", "all", TRAIN].items, rows["auc", "all", VAL].items) == (88, 20)
    assert 0 < rows["eer", "all", TRAIN].value < 0.15
    assert 0 < rows["ece", "all", VAL].value < 0.2


def test_a_source_of_fakes_is_held_against_all_real_speech(rows: Rows) -> None:
    assert rows["auc", "gen_offline", TRAIN].items == 88
    assert ("auc", "campaign", TRAIN) not in rows


def test_codecs_have_rows_of_their_own(rows: Rows) -> None:
    for codec in CODECS:
        assert rows["auc", f"under {codec}", VAL].value == 0
        assert rows["auc", f"under {codec}", VAL].items == 20
        assert rows["eer", f"under {codec}", VAL].value > 0.9


def test_systems_have_rows_and_the_worst_is_named(rows: Rows) -> None:
    assert rows["auc of system", "system 1", TRAIN].value == 1
    assert rows["auc of system", "new 1", VAL].items == 10 + 5
    name, area = worst_system(ITEMS, told())
    assert (name, area.items) == (HIDDEN, 48 + 4)
    assert area.value == rows["auc of system", HIDDEN, TRAIN].value < 0.9


def test_a_system_with_too_few_recordings_has_no_row() -> None:
    few = np.flatnonzero(untouched(ITEMS, "train") & (SYSTEMS == "system 1"))[:2]
    chosen = SYSTEMS != "system 1"
    chosen[few] = True
    part: Items = ITEMS.part(chosen)
    names = {metric.dataset for metric in voice_metrics(part, told()[chosen], 0.0) if metric.metric == "auc of system"}
    assert "system 1" not in names
    assert "system 2" in names


def test_accused_real_speech_is_counted_by_source() -> None:
    ratios = told()
    real = np.flatnonzero(untouched(ITEMS, "train") & ~ITEMS.fake)
    ratios[real[:6]] = 0.0  # at the threshold; the first source has 24 recordings
    found = {(m.dataset, m.split): m for m in voice_metrics(ITEMS, ratios, 0.0) if m.metric == "real speech accused"}
    assert found["campaign", TRAIN].value == pytest.approx(6 / 24)
    assert found["librispeech_resemblyzer", TRAIN].value == 0
    assert (found["all", TRAIN].value, found["all", TRAIN].items) == (pytest.approx(6 / 48), 48)
