from __future__ import annotations

import pytest

from bench.serving.figures import Figures, Spread, by_photo, figures, loop_hz, loop_turns
from bench.serving.load import Spell
from bench.serving.turns import Round, Turn


def turn(photos: int, each_s: float = 0.01) -> Turn:
    return Turn(window_s=photos * each_s, latencies_s=(each_s,) * photos, cpu_s=photos * each_s * 2)


def beside(loop_s: float, calls: int, latency_s: float) -> Round:
    spell = Spell(8, 1.0, (latency_s,) * calls, server_cpu_s=1.5, client_cpu_s=0.1, memory_bytes=2**20)
    return Round(turn(100, loop_s), {8: spell}, turn(100, loop_s))


def test_a_spread_is_the_median_round_and_the_outermost() -> None:
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(2.0, 1.0, 3.0)


def test_the_loop_beside_a_server_is_that_before_and_that_behind() -> None:
    assert loop_hz(Round(turn(100, 0.01), {}, turn(100, 0.03))) == pytest.approx(50.0)


def test_ratios_are_taken_within_a_round_so_that_a_slow_machine_does_not_show() -> None:
    own = Figures.of([beside(0.01, 120, 0.02), beside(0.02, 60, 0.04)], 8)
    assert own.throughput.low == pytest.approx(1.2)
    assert own.throughput.high == pytest.approx(1.2)
    assert own.p50.median == pytest.approx(2.0)


def test_cost_is_of_the_server_alone_and_per_request() -> None:
    own = Figures.of([beside(0.01, 100, 0.02)], 8)
    assert own.cpu_s.median == pytest.approx(0.015)
    assert own.requests_per_cpu_s.median == pytest.approx(100 / 1.5)
    assert own.client_cores.median == pytest.approx(0.1)


def test_every_turn_of_the_loop_behind_a_server_counts_once() -> None:
    taken = {"a": [beside(0.01, 1, 1.0)] * 2, "b": [beside(0.01, 1, 1.0)] * 2}
    assert len(loop_turns(taken)) == 4
    assert [each.clients for each in figures(taken, [8])["b"]] == [8]


def test_what_each_photo_takes_is_a_median_that_one_slow_pass_does_not_change() -> None:
    turns = [Turn(1.0, (0.1, 0.2, 0.1, 0.2), 1.0), Turn(1.0, (9.0, 9.0), 1.0)]
    assert by_photo(turns, 2) == [0.1, 0.2]
