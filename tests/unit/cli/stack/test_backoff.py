from __future__ import annotations

from cli.stack.backoff import Backoff


def test_each_death_in_a_row_doubles_the_pause_up_to_the_longest() -> None:
    backoff = Backoff(initial_s=1, maximum_s=5, long_life_s=60)
    assert [backoff.pause_s(lived_s=0.1) for _ in range(5)] == [1, 2, 4, 5, 5]


def test_a_long_life_starts_the_pauses_over() -> None:
    backoff = Backoff(initial_s=1, maximum_s=5, long_life_s=60)
    backoff.pause_s(lived_s=0.1)
    assert backoff.pause_s(lived_s=60) == 1
