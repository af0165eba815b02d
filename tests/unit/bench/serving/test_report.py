from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bench.serving.bars import problems
from bench.serving.catalogue import OURS, WALLED
from bench.serving.figures import Figures, Spread
from bench.serving.report import spread

ONE = Spread(1.0, 1.0, 1.0)


def reached(*throughputs: float, p50: float = 1.2) -> Sequence[Figures]:
    base = Figures(1, ONE, Spread(p50, p50, p50), ONE, ONE, ONE, ONE, ONE, ONE, ONE, 1)
    return [
        replace(base, clients=clients, throughput=Spread(value, value, value))
        for clients, value in zip((1, 8, 32), throughputs, strict=True)
    ]


def test_all_bars_kept_is_no_problem() -> None:
    assert problems({OURS: reached(0.7, 1.1, 1.2), "LitServe": reached(0.9, 1.0, 1.19)}) == []


def test_a_peer_that_is_ahead_when_busy_is_told() -> None:
    [problem] = problems({OURS: reached(0.7, 1.1, 1.2), "LitServe": reached(0.5, 1.0, 1.3)})
    assert problem == "32 clients: LitServe has 1.30 of the loop, we have 1.20"


def test_less_than_the_loop_and_slow_single_calls_are_told() -> None:
    told = problems({OURS: reached(0.7, 0.9, 1.2, p50=1.5)})
    assert [each.split(":")[0] for each in told] == ["one client", "8 clients"]


def test_our_own_walls_are_no_rival() -> None:
    assert problems({OURS: reached(0.7, 1.1, 1.2), WALLED: reached(2.0, 2.0, 2.0)}) == []


def test_a_spread_shows_its_rounds() -> None:
    assert spread(Spread(1.0, 0.5, 2.0)) == "1.00 [0.50, 2.00]"
