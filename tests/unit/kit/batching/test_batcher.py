"""Many callers, one network, few cores."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.batching.batcher import Batcher
from kit.batching.cores import Cores
from kit.batching.wish import Priority, Wish
from kit.clock import SystemClock
from kit.errors import Cancelled, DeadlineExceeded, InvalidRequest, Overloaded
from kit.media.cancel import CancelToken
from kit.models.runtime import Tensor
from tests.support.batching import PATIENCE_S, POISON, GatedCrew, callers, rows
from tests.support.clock import FakeClock

BACKGROUND = Wish(priority=Priority.BACKGROUND)


def test_who_is_alone_has_all_cores() -> None:
    crew, cores = GatedCrew(), Cores(2, FakeClock())
    crew.open()
    batcher = Batcher(crew, cores, max_rows=4)
    for value in (1.0, 2.0):
        assert batcher.run({"x": np.array([[value]])})["y"].tolist() == [[2 * value]]
        assert crew.next().wide


def test_those_who_waited_run_side_by_side_on_one_core_each() -> None:
    crew, cores = GatedCrew(), Cores(2, FakeClock())
    batcher = Batcher(crew, cores)
    with callers(cores) as many:
        first = many.ask(batcher, 1)
        alone = crew.next()
        second, third, fourth = (many.line_up(batcher, value) for value in (2, 3, 4))
        alone.over.set()
        side_by_side = [crew.next(), crew.next()]
        assert cores.waiting == 1
        assert [run.wide for run in side_by_side] == [False, False]
        crew.open()
        for run in side_by_side:
            run.over.set()
        assert [rows(future) for future in (first, second, third, fourth)] == [[2], [4], [6], [8]]
    assert alone.wide


def test_those_who_wait_share_a_batch_and_get_their_own_rows() -> None:
    crew, cores = GatedCrew(), Cores(1, FakeClock())
    batcher = Batcher(crew, cores, max_rows=4)
    with callers(cores) as many:
        first = many.ask(batcher, 0)
        busy = crew.next()
        waiting = [many.line_up(batcher, *values) for values in ((1, 2), (3,), (4,), (5,))]
        busy.over.set()
        shared = crew.next()
        crew.open()
        shared.over.set()
        assert [rows(future) for future in (first, *waiting)] == [[0], [2, 4], [6], [8], [10]]
    assert shared.values == [1, 2, 3, 4]
    assert crew.next().values == [5]


def test_one_with_more_rows_than_a_batch_runs_by_itself() -> None:
    crew, cores = GatedCrew(), Cores(1, FakeClock())
    crew.open()
    x = np.arange(9.0)[:, None]
    assert np.array_equal(Batcher(crew, cores, max_rows=4).run({"x": x})["y"], 2 * x)


def test_networks_share_the_cores_but_no_batch() -> None:
    cores = Cores(1, FakeClock())
    one, other = GatedCrew(), GatedCrew()
    first, second = Batcher(one, cores, max_rows=8), Batcher(other, cores, max_rows=8)
    with callers(cores) as many:
        many.ask(first, 1)
        busy = one.next()
        futures = [many.line_up(second, 2), many.line_up(first, 3)]
        assert other.begun.empty()
        one.open()
        other.open()
        busy.over.set()
        assert [rows(future) for future in futures] == [[4], [6]]
    assert (other.next().values, one.next().values) == ([2], [3])


def test_what_is_wrong_with_one_is_told_to_it_alone() -> None:
    crew, cores = GatedCrew(), Cores(1, FakeClock())
    batcher = Batcher(crew, cores, max_rows=8)
    with callers(cores) as many:
        many.ask(batcher, 0)
        busy = crew.next()
        good, bad, fine = (many.line_up(batcher, value) for value in (1, POISON, 3))
        crew.open()
        busy.over.set()
        assert (rows(good), rows(fine)) == ([2], [6])
        with pytest.raises(InvalidRequest, match="poisoned"):
            bad.result(PATIENCE_S)
    assert crew.next().values == [1, POISON, 3]
    assert sorted(crew.next().values[0] for _ in range(3)) == [POISON, 1, 3]


def test_a_poisoned_leader_spoils_nobody() -> None:
    crew, cores = GatedCrew(), Cores(2, FakeClock())
    batcher = Batcher(crew, cores, max_rows=8)
    with callers(cores) as many:
        many.ask(batcher, 0)
        busy = crew.next()
        bad, good = many.line_up(batcher, POISON), many.line_up(batcher, 2)
        crew.open()
        busy.over.set()
        assert rows(good) == [4]
        assert isinstance(bad.exception(PATIENCE_S), InvalidRequest)
    assert Batcher(crew, cores).run({"x": np.ones((1, 1))})["y"].tolist() == [[2]]  # both cores are free again


def test_a_fault_of_ours_in_a_shared_run_leaves_the_others_running() -> None:
    class Faulty(GatedCrew):
        def run(self, inputs: Mapping[str, Tensor], *, wide: bool) -> dict[str, Tensor]:
            answer = super().run(inputs, wide=wide)
            if len(inputs["x"]) > 1:
                raise KeyError("a bug")
            return answer

    crew, cores = Faulty(), Cores(1, FakeClock())
    batcher = Batcher(crew, cores, max_rows=8)
    with callers(cores) as many:
        many.ask(batcher, 0)
        busy = crew.next()
        lead, rider = many.line_up(batcher, 1), many.line_up(batcher, 2)
        crew.open()
        busy.over.set()
        assert isinstance(lead.exception(PATIENCE_S), KeyError)
        assert rows(rider) == [4]


def test_too_long_a_line_refuses_and_says_when_to_come_again() -> None:
    crew, cores = GatedCrew(), Cores(1, FakeClock(), max_waiting=1)
    batcher = Batcher(crew, cores)
    with callers(cores) as many:
        many.ask(batcher, 1)
        busy = crew.next()
        waiting = many.line_up(batcher, 2)
        with pytest.raises(Overloaded) as refused:
            batcher.run({"x": np.ones((1, 1))})
        assert refused.value.retry_after_s
        crew.open()
        busy.over.set()
        assert rows(waiting) == [4]


def test_one_that_is_cancelled_leaves_the_line_at_once_and_never_runs() -> None:
    crew, cores, token = GatedCrew(), Cores(1, FakeClock()), CancelToken()
    batcher = Batcher(crew, cores)
    with callers(cores) as many:
        many.ask(batcher, 1)
        busy = crew.next()
        leaves, stays = many.line_up(batcher, 2, wish=Wish(cancel=token)), many.line_up(batcher, 3)
        token.cancel()
        assert isinstance(leaves.exception(PATIENCE_S), Cancelled)
        assert cores.waiting == 1
        crew.open()
        busy.over.set()
        assert rows(stays) == [6]
    assert crew.next().values == [3]


def test_one_that_was_cancelled_before_costs_nothing() -> None:
    crew, cores, token = GatedCrew(), Cores(1, FakeClock()), CancelToken()
    token.cancel()
    with callers(cores) as many:
        refused = many.ask(Batcher(crew, cores), 1, wish=Wish(cancel=token))
        assert isinstance(refused.exception(PATIENCE_S), Cancelled)
    assert crew.begun.empty()


def test_one_whose_deadline_passes_in_the_line_is_told_so_and_never_runs() -> None:
    crew, cores, clock = GatedCrew(), Cores(1, SystemClock()), SystemClock()
    batcher = Batcher(crew, cores)
    with callers(cores) as many:
        many.ask(batcher, 1)
        busy = crew.next()
        late = many.ask(batcher, 2, wish=Wish(deadline_s=clock.monotonic_s() + 0.02))
        assert isinstance(late.exception(PATIENCE_S), DeadlineExceeded)
        assert cores.waiting == 0
        crew.open()
        busy.over.set()
    assert crew.begun.empty()


def test_one_that_even_the_fastest_run_could_not_answer_in_time_costs_nothing() -> None:
    crew, clock = GatedCrew(), FakeClock()
    cores = Cores(1, clock)
    batcher = Batcher(crew, cores)
    with callers(cores) as many:
        seen = many.ask(batcher, 1)
        run = crew.next()
        clock.advance(2)
        run.over.set()
        rows(seen)
        late = many.ask(batcher, 1, wish=Wish(deadline_s=3.9))
        assert isinstance(late.exception(PATIENCE_S), DeadlineExceeded)
        assert crew.begun.empty()
        crew.open()
        assert rows(many.ask(batcher, 1, wish=Wish(deadline_s=4.1))) == [2]


def test_one_with_patience_runs_when_company_comes() -> None:
    crew, cores = GatedCrew(), Cores(2, FakeClock())
    crew.open()
    batcher = Batcher(crew, cores, max_rows=2, max_wait_s=3600)
    with callers(cores) as many:
        first = many.line_up(batcher, 1)
        second = many.ask(batcher, 2)
        assert (rows(first), rows(second)) == ([2], [4])
    assert crew.next().values == [1, 2]


def test_patience_ends_when_nobody_comes() -> None:
    crew, cores = GatedCrew(), Cores(2, SystemClock())
    crew.open()
    batcher = Batcher(crew, cores, max_rows=2, max_wait_s=0.01)
    assert batcher.run({"x": np.ones((1, 1))})["y"].tolist() == [[2]]


def test_the_background_holds_up_nobody() -> None:
    crew, cores = GatedCrew(), Cores(1, FakeClock())
    batcher = Batcher(crew, cores, max_rows=8)
    with callers(cores) as many:
        shadow = many.ask(batcher, 1, wish=BACKGROUND)
        behind = crew.next()
        another = many.line_up(batcher, 2, wish=BACKGROUND)
        many.ask(batcher, 3)
        before = crew.next()
        assert before.values == [3]
        crew.open()
        before.over.set()
        behind.over.set()
        assert (rows(shadow), rows(another)) == ([2], [4])


def test_closing_gives_the_network_back() -> None:
    crew = GatedCrew()
    Batcher(crew, Cores(1, FakeClock())).close()
    assert crew.closed


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=5), min_size=1, max_size=12),
    st.integers(1, 3),
    st.sampled_from([1, 4, 16]),
)
def test_every_caller_gets_its_own_rows_whatever_the_crowd(sizes: list[list[int]], count: int, max_rows: int) -> None:
    crew, cores = GatedCrew(), Cores(count, SystemClock())
    crew.open()
    batcher, start = Batcher(crew, cores, max_rows=max_rows), threading.Barrier(len(sizes))

    def calls(caller: int, lengths: list[int]) -> bool:
        start.wait(PATIENCE_S)
        sent = [np.full((length, 2), caller * 100 + index) for index, length in enumerate(lengths)]
        return all(np.array_equal(batcher.run({"x": x})["y"], 2 * x) for x in sent)

    with ThreadPoolExecutor(len(sizes)) as pool:
        assert all(pool.map(calls, range(len(sizes)), sizes))
    assert cores.waiting == 0


def test_tensors_go_with_their_call_without_a_search_for_circles() -> None:
    crew, cores = GatedCrew(), Cores(1, FakeClock())
    crew.open()
    tensor = np.array([[1.0]])
    gone = weakref.ref(tensor)
    gc.disable()
    try:
        Batcher(crew, cores, max_rows=4).run({"x": tensor})
        crew.next()
        del tensor
        assert gone() is None
    finally:
        gc.enable()
