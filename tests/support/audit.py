"""Entries to read and rows to write into."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from gateway.audit.entry import NOTHING, Entry, Event, sealed

EVENT = Event(
    time_ms=1_767_225_600_000,
    method="GetMedia",
    outcome="OK",
    token_id="t" * 26,
    owner="alice",
    resources=(f"media/{'a' * 26}",),
    network="192.0.2.0/24",
    request_id="0b8bb6a0-5a0f-4a0b-9d30-2f0e0a4d9c11",
)


def chain(count: int) -> list[Entry]:
    """A log of so many entries, one millisecond apart."""
    entries: list[Entry] = []
    for number in range(1, count + 1):
        event = replace(EVENT, time_ms=EVENT.time_ms + number)
        entries.append(sealed(number, event, entries[-1].digest if entries else NOTHING))
    return entries


async def in_batches(entries: Sequence[Entry], size: int = 3) -> AsyncIterator[Sequence[Entry]]:
    for start in range(0, len(entries), size):
        yield entries[start : start + size]


class FakeRows:
    """Keeps events in memory.

    Attributes:
        batches: what was written, by transaction.
        error: raised instead of writing, when it is set.
    """

    def __init__(self) -> None:
        self.batches: list[list[Event]] = []
        self.error: Exception | None = None

    async def append(self, events: Sequence[Event]) -> None:
        if self.error is not None:
            raise self.error
        self.batches.append(list(events))

    @property
    def events(self) -> list[Event]:
        return [event for batch in self.batches for event in batch]
