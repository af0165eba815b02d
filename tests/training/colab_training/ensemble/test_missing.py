"""Tests taken away."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

from collections.abc import Collection

import numpy as np

from colab_training.ensemble.missing import without
from colab_training.ensemble.verdicts import LABELS, Judged, judged, together
from telltale.fusion.v1 import fusion_service_pb2
from tests.support.fusion import PARAMETERS, PHOTO, a_finding


def request(ratio: float) -> fusion_service_pb2.FuseRequest:
    return fusion_service_pb2.FuseRequest(media=PHOTO, evidence=[a_finding("alpha", ratio), a_finding("beta", 1.0)])


FAKE = np.array([True, True, False, False] * 5)
REQUESTS = [request(ratio) for ratio in (3.0, -3.0, 3.0, -3.0)] * 5


def silenced(tests: Collection[str]) -> Judged:
    return judged(REQUESTS, FAKE, ["one"] * 20, PARAMETERS, tests)


def test_media_are_judged_as_fusion_does() -> None:
    own = silenced(())
    assert own.labels.tolist()[:2] == ["manipulated", "authentic"]
    assert own.log_odds.tolist()[:2] == [3.5, -2.5]
    assert own.accused.tolist()[:4] == [True, False, True, False]


def test_every_choice_of_tests_is_taken_away_once() -> None:
    rows = without(["beta", "alpha"], silenced)
    assert [row.tests for row in rows] == [(), ("alpha",), ("beta",), ("alpha", "beta")]
    assert (rows[0].false_alarms, rows[0].worst_source, rows[0].found) == (0.5, 0.5, 0.5)


def test_without_any_test_all_is_inconclusive_and_a_coin() -> None:
    row = without(["alpha", "beta"], silenced)[-1]
    assert (row.inconclusive, row.auc, row.ece, row.false_alarms) == (1.0, 0.5, 0.0, 0.0)


def test_of_many_choices_some_are_drawn() -> None:
    rows = without([f"test {n}" for n in range(6)], silenced, 2)
    assert [len(row.tests) for row in rows] == [0, 1, 1, 2, 2, 3, 3]


def test_kinds_are_joined() -> None:
    own = together([silenced(()), silenced(["alpha"])])
    assert own.fake.size == 40
    assert set(own.labels) <= set(LABELS)
