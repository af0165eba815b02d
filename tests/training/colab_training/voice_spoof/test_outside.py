"""What the outside of a recording tells, and what a forest makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np
import soundfile

from colab_training.speech_files import RATE_HZ
from colab_training.voice_spoof.outside import FEATURES, outside_auc, outside_of
from tests.training.colab_training.voice_spoof.made_up import a_data_folder, an_utterance


def test_length_silence_level_peak_and_edges_are_told() -> None:
    times_s = np.arange(2 * RATE_HZ) / RATE_HZ
    tones = 0.1 * np.sin(2 * np.pi * 500 * times_s) + 0.1 * np.sin(2 * np.pi * 3000 * times_s)
    tones[RATE_HZ:] = 0
    told = dict(zip(FEATURES, outside_of(tones.astype(np.float32)), strict=True))
    assert told["seconds"] == 2
    assert told["quiet_share"] == pytest.approx(0.5)
    assert told["level"] == pytest.approx(-23, abs=0.1)
    assert told["peak"] == pytest.approx(0.2, abs=0.01)
    assert told["low_edge_hz"] == pytest.approx(500, abs=50)
    assert told["bandwidth_hz"] == pytest.approx(3000, abs=50)


def test_silence_has_finite_numbers() -> None:
    assert np.isfinite(outside_of(np.zeros(RATE_HZ, np.float32))).all()


def test_a_difference_in_length_is_found_out(tmp_path: Path) -> None:
    listed = [
        an_utterance(f"{split}{n}", source=f"campaign {n}", system=f"of {n}" * (n % 2), split=split)
        for split in ("train", "val")
        for n in range(20)
    ]
    folder = a_data_folder(tmp_path, listed, seconds=0.3) / "speech"
    for own in listed:
        length = RATE_HZ // (2 + 2 * own.fake)
        soundfile.write(folder / own.file, 0.1 * np.random.default_rng(0).standard_normal(length), RATE_HZ)
    found = outside_auc(folder, listed)
    assert {split: area.items for split, area in found.items()} == {"train": 20, "val": 20}
    assert found["val"].value > 0.95
