from __future__ import annotations

from gateway.jobs.ledger import Roll
from gateway.jobs.silence import Silence


def roll(*at_work: str, **beats: int) -> Roll:
    return Roll(beats, frozenset(at_work))


def test_a_worker_is_dead_after_looks_without_a_sign_of_life() -> None:
    silence = Silence(interval_s=2.0, silent_s=6.0)
    looks = [silence.dead(roll("a", "b", a=7, b=beats)) for beats in range(5)]
    assert looks == [set(), set(), set(), {"a"}, {"a"}]


def test_whoever_works_without_being_on_the_roll_is_dead_at_once() -> None:
    assert Silence(2.0, 6.0).dead(roll("gone", here=1)) == {"gone"}


def test_a_sign_of_life_begins_the_count_anew() -> None:
    silence = Silence(1.0, 2.0)
    assert [silence.dead(roll("a", a=beats)) for beats in (1, 1, 2, 2, 2)] == [set(), set(), set(), set(), {"a"}]


def test_looks_that_could_not_be_taken_are_held_against_nobody() -> None:
    silence = Silence(1.0, 2.0)
    silence.dead(roll("a", a=1))
    silence.dead(roll("a", a=1))
    silence.missed()
    assert silence.dead(roll("a", a=1)) == set()


def test_two_processes_under_one_name_are_noticed_by_their_beats() -> None:
    silence = Silence(2.0, 6.0)
    found = []
    for beats in (1, 2, 4, 6, 7, 1):
        found.append(silence.shared("a", roll(a=beats)))
        silence.dead(roll(a=beats))
    assert found == [False, False, True, True, False, False]
