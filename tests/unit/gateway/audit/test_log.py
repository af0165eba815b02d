"""Writing: many in one transaction, nothing lost, nobody let in while it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gateway.audit.entry import Event
from gateway.audit.log import PAUSE_S, AuditLog, presence
from kit.errors import Overloaded, StorageUnavailable
from tests.support.audit import EVENT, FakeRows
from tests.support.clock import FakeClock


class SlowRows(FakeRows):
    """Writes when it is told to.

    Attributes:
        begun: set when a transaction has begun.
        go_on: lets it end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def append(self, events: Sequence[Event]) -> None:
        self.begun.set()
        await self.go_on.wait()
        await super().append(events)


def numbered(number: int) -> Event:
    return replace(EVENT, time_ms=number)


async def test_events_that_come_while_one_is_written_share_a_transaction() -> None:
    rows = SlowRows()
    log = AuditLog(rows, FakeClock())
    writing = [asyncio.ensure_future(log.record(numbered(0)))]
    await rows.begun.wait()
    writing += [asyncio.ensure_future(log.record(numbered(number))) for number in range(1, 20)]
    await asyncio.sleep(0)
    rows.go_on.set()
    await asyncio.gather(*writing)
    assert [len(batch) for batch in rows.batches] == [1, 19]
    assert rows.events == [numbered(number) for number in range(20)]


async def test_a_call_waits_until_its_event_is_written() -> None:
    rows = SlowRows()
    writing = asyncio.ensure_future(AuditLog(rows, FakeClock()).record(EVENT))
    await rows.begun.wait()
    assert not writing.done()
    rows.go_on.set()
    await writing
    assert rows.events == [EVENT]


async def test_a_call_that_is_cancelled_meanwhile_has_its_entry_all_the_same() -> None:
    rows = SlowRows()
    writing = asyncio.ensure_future(AuditLog(rows, FakeClock()).record(EVENT))
    await rows.begun.wait()
    writing.cancel()
    asyncio.get_running_loop().call_soon(rows.go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert rows.events == [EVENT]


async def test_while_it_cannot_be_written_nobody_is_let_in_and_nothing_is_lost() -> None:
    rows, clock = FakeRows(), FakeClock()
    log = AuditLog(rows, clock)
    rows.error = Overloaded("busy")
    with pytest.raises(StorageUnavailable):
        await log.record(numbered(1))
    for _ in range(3):
        with pytest.raises(StorageUnavailable):
            await log.ready()
        clock.advance(PAUSE_S)
    rows.error = None
    await log.ready()
    await log.record(numbered(2))
    assert rows.events == [numbered(1), numbered(2)]


async def test_after_an_error_that_nobody_expects_nobody_is_let_in_either() -> None:
    rows = FakeRows()
    log = AuditLog(rows, FakeClock())
    rows.error = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError):
        await log.record(EVENT)
    with pytest.raises(StorageUnavailable):
        await log.ready()


async def test_it_is_not_tried_again_at_every_call() -> None:
    rows, clock = FakeRows(), FakeClock()
    log = AuditLog(rows, clock)
    rows.error = OSError("no")
    with pytest.raises(StorageUnavailable):
        await log.record(EVENT)
    rows.error = None
    with pytest.raises(StorageUnavailable):
        await log.ready()
    assert rows.events == []
    clock.advance(PAUSE_S)
    await log.ready()
    assert rows.events == [EVENT]


async def test_what_must_happen_anyway_is_told_when_it_can_be() -> None:
    rows = FakeRows()
    log = AuditLog(rows, FakeClock())
    rows.error = OSError("no")
    await log.tell_later("ExpireMedia", "media/x", owner="alice")
    rows.error = None
    await log.tell("CreateToken")
    assert [event.method for event in rows.events] == ["ExpireMedia", "CreateToken"]


async def test_a_gateway_tells_when_it_starts_and_stops_and_who_knocked() -> None:
    rows = FakeRows()
    log = AuditLog(rows, FakeClock())
    stranger = replace(EVENT, owner="", token_id="", outcome="MISSING_TOKEN")
    async with presence(log, "g"):
        for _ in range(3):
            await log.record(stranger)
    assert [(event.method, event.calls) for event in rows.events] == [
        ("StartGateway", 1),
        ("GetMedia", 1),
        ("*", 2),
        ("StopGateway", 1),
    ]


async def test_a_gateway_that_cannot_write_the_log_does_not_start() -> None:
    rows = FakeRows()
    rows.error = OSError("no")
    with pytest.raises(StorageUnavailable):
        async with presence(AuditLog(rows, FakeClock()), "g"):
            pass


async def test_counts_of_strangers_that_cannot_be_written_are_kept() -> None:
    rows, clock = FakeRows(), FakeClock()
    log = AuditLog(rows, clock)
    for network in ("192.0.2.0/24", "198.51.100.0/24"):
        for _ in range(2):
            await log.record(replace(EVENT, owner="", token_id="", outcome="MISSING_TOKEN", network=network))
    rows.error = OSError("no")
    with pytest.raises(StorageUnavailable):
        await log.sum_up()
    rows.error = None
    clock.advance(PAUSE_S)
    await log.ready()
    assert [event.network for event in rows.events[2:]] == ["192.0.2.0/24", "198.51.100.0/24"]
