from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
import pytest

from colab_training.metrics import Estimate, auc
from colab_training.quantise.compare import Proof, Speed, paired, speed
from colab_training.quantise.settings import ProofSettings
from kit.models.runtime import Tensor

RNG = np.random.default_rng(0)
FAKE = np.arange(400) % 2 == 1
ORIGINAL = FAKE + RNG.normal(0, 0.8, FAKE.size)
LEAST = ProofSettings(least_auc_difference=-0.005, most_ece_difference=0.01, least_speed=1.1, least_saved_ms=1.0)
FAST = Speed(Estimate(2.0, 1.9, 2.1, 10), 10.0, 5.0)


def exactly(value: float) -> Estimate:
    return Estimate(value, value, value, 400)


class Busy:
    """A network that takes its time."""

    def __init__(self, busy_s: float) -> None:
        self._busy_s = busy_s

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Nothing, later."""
        end_s = time.thread_time() + self._busy_s
        while time.thread_time() < end_s:
            pass
        return {}


def test_the_same_answers_differ_by_nothing() -> None:
    found = paired(auc, FAKE, ORIGINAL, ORIGINAL, rounds=50)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_what_both_err_in_alike_does_not_widen_the_interval() -> None:
    near = ORIGINAL + RNG.normal(0, 0.01, FAKE.size)
    found = paired(auc, FAKE, near, ORIGINAL, rounds=200)
    assert found.high - found.low < 0.004


def test_a_variant_two_points_worse_is_refused() -> None:
    worse = ORIGINAL + RNG.normal(0, 0.35, FAKE.size)
    found = paired(auc, FAKE, worse, ORIGINAL, rounds=200)
    assert found.value < -0.015
    assert Proof(FAST, 2.0, found, exactly(0.0)).objections(LEAST) == ["it may tell less well"]


def test_an_equal_and_faster_variant_is_offered() -> None:
    assert Proof(FAST, 2.0, exactly(0.0), exactly(0.0)).objections(LEAST) == []


@pytest.mark.parametrize(
    ("proof", "objections"),
    [
        (Proof(FAST, 2.0, exactly(0.0), exactly(0.01)), ["its probabilities may be worse"]),
        (
            Proof(Speed(exactly(1.0), 9.0, 9.0), 2.0, exactly(0.0), exactly(0.0)),
            ["it is not faster", "it saves 0.0 ms a run"],
        ),
        (Proof(Speed(exactly(2.0), 0.8, 0.4), 2.0, exactly(0.0), exactly(0.0)), ["it saves 0.4 ms a run"]),
    ],
)
def test_every_objection_is_told(proof: Proof, objections: list[str]) -> None:
    assert proof.objections(LEAST) == objections


def test_a_variant_that_nobody_has_judged_is_not_offered() -> None:
    assert Proof(FAST, 2.0).objections(LEAST) == ["it was timed alone"]


def test_speed_is_that_of_the_variant() -> None:
    found = speed(Busy(0.004), Busy(0.001), [{}, {}], rounds=1)
    assert found.ratio.value > 1
    assert found.original_ms > found.variant_ms
