"""A queueing system in simulation: Poisson arrivals, several replicas with a line and some cores each, a balancer in front.

Who comes is given to a replica at once and never moves (as Envoy does); within a replica it is first come, first served.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Policy(Enum):
    """How a balancer chooses; the words are Envoy's."""

    ROUND_ROBIN = "round robin"
    LEAST_REQUEST = "least request"
    """Of two replicas drawn by chance, the one with fewer requests (Mitzenmacher 2001)."""


@dataclass
class _Replica:
    """Two heaps: `free_s` is when each core is done with what it was given, `ends_s` when each request in the house ends."""

    free_s: list[float]
    ends_s: list[float] = field(default_factory=list)

    def requests(self, now_s: float) -> int:
        """Those in line or at work."""
        while self.ends_s and self.ends_s[0] <= now_s:
            heapq.heappop(self.ends_s)
        return len(self.ends_s)

    def take(self, now_s: float, service_s: float) -> float:
        """When a request that comes now will be done."""
        end_s = max(now_s, self.free_s[0]) + service_s
        heapq.heapreplace(self.free_s, end_s)
        heapq.heappush(self.ends_s, end_s)
        return end_s


@dataclass(frozen=True)
class System:
    """So many replicas of so many cores. `service_s` are times that a request has one core for, all equally likely."""

    replicas: int
    cores: int
    service_s: Sequence[float]
    policy: Policy = Policy.ROUND_ROBIN

    @property
    def capacity_hz(self) -> float:
        """Requests per second above which lines grow for ever."""
        return self.replicas * self.cores / float(np.mean(self.service_s))

    def sojourns_s(self, rate_hz: float, requests: int, seed: int = 1) -> Floats:
        """How long each of `requests` requests is in the house, after a tenth of them that is not counted."""
        chance = np.random.default_rng(seed)
        lead_in = requests // 10
        arrivals_s = np.cumsum(chance.exponential(1 / rate_hz, requests + lead_in)).tolist()
        services_s = chance.choice(np.asarray(self.service_s), requests + lead_in).tolist()
        choose = self._chooser(chance, requests + lead_in)
        sojourns = [
            choose(number, now_s).take(now_s, service_s) - now_s
            for number, (now_s, service_s) in enumerate(zip(arrivals_s, services_s, strict=True))
        ]
        return np.array(sojourns[lead_in:])

    def _chooser(self, chance: np.random.Generator, requests: int) -> Callable[[int, float], _Replica]:
        replicas = [_Replica([0.0] * self.cores) for _ in range(self.replicas)]
        if self.policy is Policy.ROUND_ROBIN:
            return lambda number, _: replicas[number % len(replicas)]
        drawn = chance.integers(0, len(replicas), (requests, 2)).tolist()

        def least(number: int, now_s: float) -> _Replica:
            first, second = (replicas[index] for index in drawn[number])
            return first if first.requests(now_s) <= second.requests(now_s) else second

        return least


def most_hz(system: System, bound_s: float, percent: float, requests: int, steps: int = 9) -> float:
    """The highest rate at which that percentile stays within the bound, by halving; 0 when it never does."""
    low_hz, high_hz = 0.0, system.capacity_hz
    for _ in range(steps):
        middle_hz = (low_hz + high_hz) / 2
        within = np.percentile(system.sojourns_s(middle_hz, requests), percent) <= bound_s
        low_hz, high_hz = (middle_hz, high_hz) if within else (low_hz, middle_hz)
    return low_hz


def mmc_wait_s(rate_hz: float, mean_service_s: float, cores: int) -> float:
    """Mean time in line of M/M/c (Erlang 1917)."""
    offered = rate_hz * mean_service_s
    terms = [offered**k / math.factorial(k) for k in range(cores)]
    last = offered**cores / math.factorial(cores) * cores / (cores - offered)
    return last / (sum(terms) + last) * mean_service_s / (cores - offered)


def md1_wait_s(rate_hz: float, service_s: float) -> float:
    """Mean time in line of M/D/1 (Pollaczek and Khinchine)."""
    load = rate_hz * service_s
    return load * service_s / (2 * (1 - load))
