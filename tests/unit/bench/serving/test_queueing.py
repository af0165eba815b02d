from __future__ import annotations

import numpy as np
import pytest

from bench.serving.queueing import Policy, System, md1_wait_s, mmc_wait_s, most_hz

EXPONENTIAL_S = tuple(-np.log1p(-(np.arange(2000) + 0.5) / 2000))


def test_one_core_with_fixed_service_waits_as_md1_says() -> None:
    sojourns_s = System(1, 1, [1.0]).sojourns_s(0.7, 60_000)
    assert sojourns_s.mean() - 1.0 == pytest.approx(md1_wait_s(0.7, 1.0), rel=0.05)


@pytest.mark.parametrize("cores", [1, 2, 4])
def test_exponential_service_waits_as_mmc_says(cores: int) -> None:
    rate_hz, mean_s = 0.75 * cores, float(np.mean(EXPONENTIAL_S))
    sojourns_s = System(1, cores, EXPONENTIAL_S).sojourns_s(rate_hz, 80_000)
    assert sojourns_s.mean() - mean_s == pytest.approx(mmc_wait_s(rate_hz, mean_s, cores), rel=0.08)


def test_erlangs_formula_with_one_core_is_that_of_mm1() -> None:
    assert mmc_wait_s(0.5, 1.0, 1) == pytest.approx(1.0)


def test_nobody_waits_where_nearly_nobody_comes() -> None:
    assert np.allclose(System(2, 1, [1.0]).sojourns_s(1e-4, 500), 1.0)


def test_least_request_keeps_the_slowest_calls_shorter_than_round_robin() -> None:
    p99 = {
        policy: np.percentile(System(8, 1, EXPONENTIAL_S, policy).sojourns_s(8 * 0.8, 20_000), 99) for policy in Policy
    }
    assert p99[Policy.LEAST_REQUEST] < 0.8 * p99[Policy.ROUND_ROBIN]


def test_replicas_can_do_what_their_cores_can() -> None:
    assert System(4, 2, [0.5]).capacity_hz == 16


def test_the_highest_rate_within_a_bound_keeps_it_and_a_higher_one_does_not() -> None:
    system = System(1, 1, [1.0])
    rate_hz = most_hz(system, 5.0, 99, 10_000)
    p99_s = [np.percentile(system.sojourns_s(rate_hz * factor, 10_000), 99) for factor in (1.0, 1.1)]
    assert p99_s[0] <= 5.0 < p99_s[1]
