"""Who runs next."""

from __future__ import annotations

from collections.abc import Hashable
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.batching.line import Ask, Line
from kit.batching.wish import Priority, Wish


def ask(
    since_s: float = 0.0,
    *,
    rows: int = 1,
    kind: Hashable = "a",
    patience_s: float = 0.0,
    least_s: float = 0.0,
    deadline_s: float | None = None,
    priority: Priority = Priority.INTERACTIVE,
) -> Ask:
    return Ask(
        inputs={},
        rows=rows,
        kind=kind,
        max_rows=4,
        wish=Wish(deadline_s, None, priority),
        since_s=since_s,
        patience_s=patience_s,
        least_s=least_s,
    )


def line_of(*asks: Ask) -> Line:
    line = Line()
    for each in asks:
        line.join(each)
    return line


def test_the_first_goes_first_and_takes_its_like_along() -> None:
    first, other, second, third = ask(1), ask(2, kind="b"), ask(3), ask(4)
    line = line_of(third, other, second, first)
    assert line.take(5, background=True) == [first, third, second]
    assert line.take(5, background=True) == [other]
    assert line.take(5, background=True) == []


def test_a_batch_has_no_more_rows_than_it_may() -> None:
    first, long, short = ask(1, rows=2), ask(2, rows=3), ask(3, rows=2)
    assert line_of(first, long, short).take(5, background=True) == [first, short]


def test_one_of_no_kind_shares_with_nobody() -> None:
    first, second = ask(1, kind=None), ask(2, kind=None)
    assert line_of(first, second).take(5, background=True) == [first]


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from("abc"), st.integers(0, 9)), max_size=12))
def test_everybody_is_taken_once_whatever_the_order(given_asks: list[tuple[int, str, int]]) -> None:
    asks = [ask(since_s, rows=rows, kind=kind) for rows, kind, since_s in given_asks]
    line, taken = line_of(*asks), []
    while batch := line.take(10, background=True):
        assert len({each.kind for each in batch}) == 1
        assert sum(each.rows for each in batch) <= 4
        taken += batch
    assert sorted(map(id, taken)) == sorted(map(id, asks))


def test_who_waits_for_an_answer_goes_before_the_background_until_that_has_waited_long() -> None:
    shadow, early, late = ask(0, priority=Priority.BACKGROUND, kind="s"), ask(0.5), ask(1.5, kind="b")
    line = line_of(shadow, early, late)
    assert [line.take(2, background=True)[0] for _ in range(3)] == [early, shadow, late]


def test_the_background_stays_where_it_is_not_asked_for() -> None:
    shadow = ask(priority=Priority.BACKGROUND)
    line = line_of(shadow)
    assert line.take(5, background=False) == []
    assert line.take(5, background=True) == [shadow]


def test_one_with_patience_waits_for_company() -> None:
    first = ask(0, patience_s=2)
    assert line_of(first).take(1.9, background=True) == []
    assert line_of(first).take(2, background=True) == [first]


def test_a_full_batch_waits_for_nobody() -> None:
    asks = [ask(0, patience_s=2, rows=2), ask(0, patience_s=2, rows=2)]
    assert line_of(*asks).take(0, background=True) == asks


def test_patience_ends_early_for_the_sake_of_a_deadline() -> None:
    hurried = ask(0, patience_s=5, least_s=1, deadline_s=4)
    assert hurried.ripe_s == 2  # a run for itself, and one for what it may be held up by
    assert line_of(hurried).take(2, background=True) == [hurried]


def test_a_batch_grows_only_as_far_as_that_makes_nobody_late() -> None:
    hurried, second, third = ask(0, least_s=1, deadline_s=2.5), ask(1, least_s=1), ask(2, least_s=1)
    assert line_of(hurried, second, third).take(0, background=True) == [hurried, second]


def test_a_rider_is_not_taken_along_when_that_would_make_it_late() -> None:
    first, hurried = ask(0, least_s=1), ask(1, least_s=1, deadline_s=1.5)
    assert line_of(first, hurried).take(0, background=True) == [first]


@pytest.mark.parametrize(("deadline_s", "late"), [(3.0, False), (2.9, True), (None, False)])
def test_one_whose_fastest_run_would_be_too_late_is_taken_out(deadline_s: float | None, late: bool) -> None:
    each = ask(least_s=1, deadline_s=deadline_s)
    line = line_of(each)
    assert line.late(2) == ([each] if late else [])
    assert len(line) == (not late)


def test_without_a_deadline_no_moment_is_the_last() -> None:
    assert ask(least_s=1).last_s == inf
