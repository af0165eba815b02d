"""What was said of every recording is written for fusion, and read back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np
import torch

from colab_training.voice_spoof.cross_fit import Found
from colab_training.voice_spoof.judgements import read_judgements, write_judgements
from telltale.model.v1 import card_pb2
from tests.training.colab_training.voice_spoof.made_up import an_item, an_utterance, with_numbers

CALIBRATION = card_pb2.Calibration(slope=2.0, intercept=-1.0, limit=3.0)


def test_recordings_and_damaged_versions_are_written_but_no_copies(tmp_path: Path) -> None:
    real, fake = an_utterance(speaker="anna"), an_utterance("b", system="vits", split="val")
    listed = [an_item(real), an_item(real, copy="world"), an_item(fake, damage="opus"), an_item(fake)]
    found = Found(torch.nn.Identity(), np.array([0.5, 9.0, 1.0, -50.0]))
    path = tmp_path / "folder" / "judgements.jsonl"
    write_judgements(with_numbers(listed, count=10), found, CALIBRATION, path)
    read = read_judgements(path)
    assert [(own.file, own.fake, own.damage, own.split) for own in read] == [
        ("real/a.flac", False, "", "train"),
        ("fake/b.flac", True, "opus", "val"),
        ("fake/b.flac", True, "", "val"),
    ]
    assert [own.log_likelihood_ratio for own in read] == pytest.approx([0.0, 1.0, -3.0])
    assert (read[0].speaker, read[0].source, read[1].system) == ("anna", "campaign", "vits")


def test_fusion_is_told_when_nothing_was_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"missing\.jsonl"):
        read_judgements(tmp_path / "missing.jsonl")
