"""Budgets that must not meet."""

from __future__ import annotations

import pytest

from gateway.door.counters import open_counters
from gateway.door.rates import MovingWindowRates, open_rates
from gateway.door.tokens import Scope
from kit.errors import RateLimited


def alike(rate: str = "1/hour") -> MovingWindowRates:
    return open_rates(open_counters("async+memory://"), write=rate, read=rate, visit=rate)


async def test_reading_and_making_are_two_budgets_also_when_they_are_alike() -> None:
    rates = alike()
    await rates.spend("t1", Scope.ANALYZE, 1)
    await rates.spend("t1", Scope.READ, 1)
    with pytest.raises(RateLimited):
        await rates.spend("t1", Scope.READ, 1)


async def test_no_token_stands_for_a_network() -> None:
    rates = alike()
    await rates.visit("192.0.2.7/32", 1)
    await rates.spend("192.0.2.7/32", Scope.READ, 1)
    await rates.spend("visitor/192.0.2.7/32", Scope.READ, 1)
    with pytest.raises(RateLimited):
        await rates.visit("192.0.2.7/32", 1)


async def test_a_call_may_count_as_many() -> None:
    rates = alike("10/hour")
    await rates.spend("t1", Scope.ANALYZE, 6)
    with pytest.raises(RateLimited) as refused:
        await rates.spend("t1", Scope.ANALYZE, 5)
    assert refused.value.retry_after_s is not None
    await rates.spend("t1", Scope.ANALYZE, 4)


async def test_what_counts_more_than_the_whole_rate_is_not_told_to_wait() -> None:
    with pytest.raises(RateLimited, match="counts as 11; ask for less") as refused:
        await alike("10/hour").spend("t1", Scope.ANALYZE, 11)
    assert refused.value.retry_after_s is None
