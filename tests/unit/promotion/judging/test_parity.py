from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from kit.models.registry import Registry
from kit.models.runtime import Tensor
from promotion.judging.parity import check_network, problems_of
from telltale.model.v1 import card_pb2
from tests.support.promotion import ROOT

CARD = card_pb2.ModelCard(
    inputs=[card_pb2.TensorSignature(name="x", dtype="float32", shape=[-1, 4], axes=["batch", "value"])],
    outputs=[card_pb2.TensorSignature(name="y", dtype="float32", shape=[-1], axes=["batch"])],
)


class Network:
    """`Session` that answers the mean of each row, and then does what it should not."""

    def __init__(self, wrong: str = "") -> None:
        self.wrong = wrong
        self.calls = 0

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        self.calls += 1
        answer = inputs["x"].mean(axis=1)
        if self.wrong == "fickle":
            answer = answer + self.calls
        if self.wrong == "infinite":
            answer = answer / 0.0
        if self.wrong == "mixed":
            answer = np.full_like(answer, inputs["x"].mean())
        return {"y": answer[:, None] if self.wrong == "shape" else answer}


def test_a_network_that_behaves_has_no_problems() -> None:
    assert list(problems_of(Network(), CARD)) == []


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ("fickle", "y differs when the same input is given twice"),
        ("infinite", "y holds numbers that are not finite"),
        ("mixed", "y of one input differs from that of the same input in a batch"),
        ("shape", "y has the shape [3, 1], its card says [-1]"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_what_a_network_does_wrong_is_named(wrong: str, problem: str) -> None:
    assert problem in list(problems_of(Network(wrong), CARD))


@pytest.mark.parametrize("name", ["face_drift", "lip_sync", "voice_activity"])
def test_shipped_networks_behave(name: str) -> None:
    problems, checks = check_network(Registry(ROOT / "models").load(name))
    assert problems == []
    assert checks.startswith("network: twice the same")


def test_a_fitted_test_has_no_network_to_check() -> None:
    assert check_network(Registry(ROOT / "models").load("frequency")) == ([], "")
