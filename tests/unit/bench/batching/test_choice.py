"""A batch is recommended only where it pays by the clock and by CPU time."""

from __future__ import annotations

from typing import Any

import pytest

from bench.batching.choice import gain, recommended


def network(shared: dict[int, tuple[float, float]], *, free_rows: bool = True) -> dict[str, Any]:
    """Throughput and CPU time of a request by how many may share a run."""
    return {
        "free_rows": free_rows,
        "cases": [
            {"how": "batcher", "together": together, "clients": clients, "wait_ms": 0.0, "throughput": hz, "cpu": cpu}
            for together, (hz, cpu) in {1: (1.0, 1.0), 2: (1.0, 1.0), 4: (1.0, 1.0), 8: (1.0, 1.0), **shared}.items()
            for clients in (8, 32)
        ],
    }


@pytest.mark.parametrize(
    ("shared", "together"),
    [
        ({}, 1),
        ({4: (1.5, 0.6)}, 4),
        ({4: (1.5, 0.6), 8: (1.6, 0.5)}, 8),
        ({4: (1.5, 1.0)}, 1),  # the machine had other things to do
        ({4: (1.0, 0.5)}, 1),
        ({2: (1.05, 0.95)}, 1),
    ],
)
def test_a_batch_has_to_pay_in_both_ways(shared: dict[int, tuple[float, float]], together: int) -> None:
    assert recommended(network(shared)) == together


def test_gains_are_told_against_runs_that_nobody_shares() -> None:
    assert list(gain(network({4: (3.0, 0.5)}), 4)) == pytest.approx([3.0, 2.0])


def test_nothing_is_recommended_for_rows_that_know_of_each_other() -> None:
    assert recommended(network({8: (9.0, 0.1)}, free_rows=False)) == 1
