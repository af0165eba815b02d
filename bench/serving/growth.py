"""What 1, 2, 4 and 8 replicas behind Envoy would do: simulated, with the service times that were measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.serving.catalogue import OURS
from bench.serving.queueing import Policy, System, most_hz

REPLICAS = (1, 2, 4, 8)
LOADS = (0.5, 0.7, 0.8, 0.9, 0.95)
"""Shares of what all replicas can do together."""
BOUND = 5.0
"""Of the mean service time, for the 99th percentile."""
_REQUESTS, _SEARCH_REQUESTS = 100_000, 40_000


@dataclass(frozen=True)
class Grown:
    """So many replicas with a policy.

    Attributes:
        capacity_hz: requests per second above which lines grow for ever.
        bounded_hz: the most at which the 99th percentile is within the bound.
        p50, p99: of the time in the house, over the mean service time, at each of `LOADS`.
    """

    replicas: int
    policy: Policy
    capacity_hz: float
    bounded_hz: float
    p50: tuple[float, ...]
    p99: tuple[float, ...]


def service_times_s(document: Mapping[str, Any]) -> list[float]:
    """Times of one core: spread as those of the function over the photos, as long as our server's busiest throughput says."""
    spread = np.asarray(document["function_s"])
    busiest_hz = max(each["throughput_hz"]["median"] for each in document["servers"][OURS])
    scaled: list[float] = (spread * document["cpu_cores"] / busiest_hz / spread.mean()).tolist()
    return scaled


def grow(service_s: Sequence[float], cores: int) -> list[Grown]:
    """All numbers of replicas, with both policies."""
    return [
        _grown(System(replicas, cores, service_s, policy))
        for replicas in REPLICAS
        for policy in (Policy.ROUND_ROBIN, Policy.LEAST_REQUEST)
    ]


def _grown(system: System) -> Grown:
    mean_s = float(np.mean(system.service_s))
    percentiles = [
        np.percentile(system.sojourns_s(load * system.capacity_hz, _REQUESTS), (50, 99)) / mean_s for load in LOADS
    ]
    return Grown(
        replicas=system.replicas,
        policy=system.policy,
        capacity_hz=system.capacity_hz,
        bounded_hz=most_hz(system, BOUND * mean_s, 99, _SEARCH_REQUESTS),
        p50=tuple(float(each[0]) for each in percentiles),
        p99=tuple(float(each[1]) for each in percentiles),
    )
