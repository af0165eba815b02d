from __future__ import annotations

import pytest

from bench.load.figures import figures, shares
from bench.load.offers import Sample

SAMPLES = [
    *(Sample(0, took_s / 100, 200, "", retry_info=False) for took_s in range(1, 101)),
    Sample(0, 0.01, 429, "OVERLOADED", retry_info=True),
    Sample(1, 0.01, 429, "OVERLOADED", retry_info=False),
    Sample(1, 0.01, 503, "STORAGE_UNAVAILABLE", retry_info=True),
]


def test_percentiles_are_those_of_admitted_calls_alone() -> None:
    found = figures(SAMPLES, 10.0)
    assert (found.calls, found.admitted, found.offered_hz, found.admitted_hz) == (103, 100, 10.3, 10.0)
    assert found.p50_s == pytest.approx(0.505)
    assert found.p99_s == pytest.approx(0.9901)


def test_refusals_are_counted_apart_from_what_should_not_be() -> None:
    found = figures(SAMPLES, 10.0)
    assert (found.shed, found.shed_with_retry_info) == (2, 1)
    assert found.other == {"503 STORAGE_UNAVAILABLE": 1}


def test_each_caller_has_its_share() -> None:
    first, second = shares(SAMPLES, 2)
    assert (first["calls"], first["admitted"]) == (101, 100)
    assert (second["calls"], second["admitted_share"]) == (2, 0)
