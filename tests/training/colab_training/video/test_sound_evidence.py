"""Evidence of sound beside what is known of a clip, by networks that never saw its source."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import torch

from colab_training.video.listener import TorchSession
from colab_training.video.sound_evidence import SHIPPED, judge_of, with_sound
from telltale.common.v1 import evidence_pb2
from tests.training.colab_training.video.made_up import a_file

FOLDS = [["grid_s1"], ["float", "lipreadingquiz"]]


def said(cue: str, ratio: float) -> evidence_pb2.Evidence:
    return evidence_pb2.Evidence(cue=cue, finding=evidence_pb2.Finding(log_likelihood_ratio=ratio, quality=1.0))


def row(*evidence: Mapping[str, object]) -> str:
    return json.dumps({"group": "a.mp4", "label": "real", "request": {"media": {}, "evidence": list(evidence)}})


@pytest.mark.parametrize(("source", "judge"), [("grid_s1", "fold0"), ("float", "fold1"), ("ffpp", SHIPPED)])
def test_lips_of_split_train_are_judged_without_their_source(source: str, judge: str) -> None:
    assert judge_of(a_file(source), FOLDS) == judge


def test_lips_of_split_val_are_judged_by_the_shipped_networks() -> None:
    assert judge_of(a_file("grid_s1", split="val"), FOLDS) == SHIPPED


def test_what_is_heard_is_added_to_what_was_seen() -> None:
    added = json.loads(with_sound(row({"cue": "face_drift"}), {"a.mp4": [said("voice_spoof", 1.5)]}))
    assert [entry["cue"] for entry in added["request"]["evidence"]] == ["face_drift", "voice_spoof"]
    assert added["request"]["evidence"][1]["finding"]["log_likelihood_ratio"] == 1.5
    assert added["label"] == "real"


def test_what_the_same_test_said_before_is_replaced() -> None:
    once = with_sound(row(), {"a.mp4": [said("voice_spoof", 1.5)]})
    twice = json.loads(with_sound(once, {"a.mp4": [said("voice_spoof", -1.0)]}))
    (entry,) = twice["request"]["evidence"]
    assert entry["finding"]["log_likelihood_ratio"] == -1.0


def test_a_network_of_torch_answers_like_the_exported_one() -> None:
    class Twice(torch.nn.Module):
        def forward(self, lips: torch.Tensor, sound: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return 2 * lips, 2 * sound

    found = TorchSession(Twice()).run(
        {"lips": np.ones((1, 3, 2), np.float32), "sound": np.zeros((1, 12, 4), np.float32)}
    )
    assert found["lips_embedding"].tolist() == [[[2.0, 2.0]] * 3]
    assert found["sound_embedding"].shape == (1, 12, 4)
