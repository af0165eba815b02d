from __future__ import annotations

from gateway.jobs.dropped import Dropped


def test_a_job_that_nobody_has_in_hand_is_named_after_a_while() -> None:
    dropped = Dropped(interval_s=0.5, silent_s=1.0)
    assert [dropped.after({"a", "b"}), dropped.after({"a"}), dropped.after({"a", "b"})] == [set(), set(), {"a"}]


def test_a_job_between_two_steps_is_not_dropped() -> None:
    dropped = Dropped(interval_s=0.5, silent_s=1.0)
    assert all(dropped.after({"a"} if look % 3 else set()) == set() for look in range(12))


def test_what_another_process_of_the_same_name_may_have_in_hand_is_not_dropped() -> None:
    dropped = Dropped(interval_s=0.5, silent_s=1.0)
    for _ in range(6):
        assert dropped.after({"a"}) == set()
        dropped.restart()
