from __future__ import annotations

from bench.sound.parts import Stopwatch
from tests.support.clock import FakeClock


def test_a_part_within_another_one_is_counted_once() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock.monotonic_s)

    def reading() -> None:
        clock.advance(1.0)
        watch.time("inner", lambda: clock.advance(2.0))
        clock.advance(0.5)

    watch.time("outer", reading)
    assert watch.taken_s == {"inner": 2.0, "outer": 1.5}


def test_a_part_that_comes_again_is_added_up() -> None:
    clock = FakeClock()
    watch = Stopwatch(clock.monotonic_s)
    for took_s in (1.0, 2.0):
        watch.time("part", lambda took_s=took_s: clock.advance(took_s))
    assert watch.taken_s == {"part": 3.0}
