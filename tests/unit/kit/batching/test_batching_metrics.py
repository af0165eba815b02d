from __future__ import annotations

from kit.batching.batcher import Batcher
from kit.batching.cores import Cores
from tests.support.batching import GatedCrew, callers
from tests.support.clock import FakeClock
from tests.support.readings import told


def test_who_waits_for_a_network_is_told_until_it_is_closed() -> None:
    crew, cores = GatedCrew(), Cores(1, FakeClock())
    batcher = Batcher(crew, cores, model="crowded", max_rows=4)
    other = Batcher(crew, cores, model="idle")
    with callers(cores) as many:
        many.ask(batcher, 0)
        first = crew.next()
        many.line_up(batcher, 1)
        many.line_up(batcher, 2)
        assert told("telltale_batch_waiting", model="crowded") == 2
        assert told("telltale_batch_waiting", model="idle") == 0
        crew.open()
        first.over.set()
    batcher.close()
    other.close()
    assert told("telltale_batch_waiting", model="crowded") is None


def test_rows_are_counted_by_run_and_waits_by_request() -> None:
    crew, clock = GatedCrew(), FakeClock()
    cores = Cores(1, clock)
    batcher = Batcher(crew, cores, model="measured", max_rows=4)
    with callers(cores) as many:
        many.ask(batcher, 0)
        first = crew.next()
        many.line_up(batcher, 1)
        many.line_up(batcher, 2, 3)
        clock.advance(2)
        crew.open()
        first.over.set()
    batcher.close()
    assert (told("telltale_batch_rows_count", model="measured"), told("telltale_batch_rows_sum", model="measured")) == (
        2,
        4,
    )
    waits = [told(f"telltale_batch_wait_seconds_{part}", model="measured") for part in ("count", "sum")]
    assert waits == [3, 4.0]
