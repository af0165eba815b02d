"""How often a version is rolled back by the shipped policy, by simulation: `python -m bench.canary.risk`.

Calls come independently, ten a second; durations are log-normal about 200 ms (sigma 0.5); one look a second, as in a rollout.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np

from canary.decide import decide
from canary.figures import EDGES_MS, Calls, Figures, Histogram
from canary.policy import CanaryPolicy, read_policy

CALLS_PER_S: Final = 10
_OK, _INTERNAL = 0, 13
_MEDIAN_MS, _SIGMA = 200.0, 0.5
_TYPICAL: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.2, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.01)
RARE: Final = (0.7, 0.15, 0.06, 0.04, 0.02, 0.01, 0.005, 0.005, 0.004, 0.003, 0.001, 0.001, 0.001)
"""Findings by class of log-odds where most classes are rare: chi-square says too often that they moved."""


@dataclass(frozen=True)
class Kind:
    """What versions do by chance: share of calls that fail, durations as a multiple, findings by class, number of tests."""

    errors: float = 0.002
    slower: float = 1.0
    findings: Sequence[float] = _TYPICAL
    cues: int = 1


@dataclass(frozen=True)
class End:
    """How a rollout ended: why it was rolled back (empty: it was not), and how many calls the canary got until then."""

    why: str
    calls: int


class _Version:
    def __init__(self, kind: Kind, chance: np.random.Generator) -> None:
        self._kind, self._chance = kind, chance
        self._good = self._bad = 0
        self._latency = np.zeros(len(EDGES_MS) + 1, np.int64)
        self._findings = np.zeros((kind.cues, len(kind.findings)), np.int64)

    def answer(self, calls: int) -> Figures:
        """All that was counted since the step began, with so many calls more."""
        kind, chance = self._kind, self._chance
        bad = int(chance.binomial(calls, kind.errors))
        self._good, self._bad = self._good + calls - bad, self._bad + bad
        took = kind.slower * chance.lognormal(np.log(_MEDIAN_MS), _SIGMA, calls)
        self._latency += np.bincount(np.searchsorted(EDGES_MS, took), minlength=len(self._latency))
        shares = np.asarray(kind.findings) / sum(kind.findings)
        self._findings += chance.multinomial(calls, shares, kind.cues)
        found = {f"cue {number}": tuple(map(int, own)) for number, own in enumerate(self._findings)}
        timed = Histogram(EDGES_MS, tuple(map(int, self._latency)))
        return Figures(Calls({_OK: self._good, _INTERNAL: self._bad}, timed), found)


def rolled_out(policy: CanaryPolicy, stable: Kind, canary: Kind, chance: np.random.Generator) -> End:
    """One rollout."""
    calls, reference = 0, Figures.none()
    for percent in policy.steps_percent:
        ours, theirs = _Version(canary, chance), _Version(stable, chance)
        second, move, why, seen = 0, "wait", "", Figures.none()
        while move == "wait":
            second += 1
            all_, share = int(chance.poisson(CALLS_PER_S)), percent / 100
            mine = int(chance.binomial(all_, share))
            seen, other = ours.answer(mine), theirs.answer(all_ - mine)
            reference = other if other.calls.total >= policy.min_calls else reference
            decision = decide(policy, reference, seen, second)
            move, why = decision.move, decision.why
        calls += seen.calls.total
        if move == "roll back":
            return End(why, calls)
    return End("", calls)


def main() -> None:
    """Prints a line for each kind of version."""
    parser = argparse.ArgumentParser(prog="python -m bench.canary.risk", description=__doc__)
    parser.add_argument("--rollouts", type=int, default=100)
    rollouts = parser.parse_args().rollouts
    equal, up, twice_up = Kind(), tuple(np.roll(_TYPICAL, 1)), tuple(np.roll(_TYPICAL, 2))
    kinds = {
        "equal, both fail 0.2 %": (equal, equal),
        "equal, six tests with rare classes": (Kind(findings=RARE, cues=6),) * 2,
        "equal, both fail 2 %": (Kind(errors=0.02),) * 2,
        "fails 50 %": (equal, Kind(errors=0.5)),
        "fails 5 %": (equal, Kind(errors=0.05)),
        "fails 2 %": (equal, Kind(errors=0.02)),
        "twice as long": (equal, Kind(slower=2.0)),
        "half as long again": (equal, Kind(slower=1.5)),
        "findings two classes higher": (equal, Kind(findings=twice_up)),
        "findings one class higher": (equal, Kind(findings=up)),
    }
    policy, chance = read_policy(), np.random.default_rng(7)
    print("| version | rolled back | of these when patience ended | calls that it got, median |\n|---|---|---|---|")
    for name, (stable, canary) in kinds.items():
        ends = [end for end in (rolled_out(policy, stable, canary, chance) for _ in range(rollouts)) if end.why]
        late = sum("not told" in end.why for end in ends)
        calls = f"{median(end.calls for end in ends):.0f}" if ends else "–"
        print(f"| {name} | {len(ends)} of {rollouts} | {late} | {calls} |", flush=True)


if __name__ == "__main__":
    main()
