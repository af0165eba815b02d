"""Is the log whole? Every entry is held against the one before."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from gateway.audit.entry import NOTHING, Entry
from gateway.audit.head import Head


@dataclass(frozen=True)
class Finding:
    """What came out.

    Attributes:
        checked: entries that hold.
        last: hash of the last one of these.
        problem: what is wrong with the first entry that does not hold, in words that name it; empty when all hold.
    """

    checked: int
    last: str
    problem: str = ""


async def checked_chain(batches: AsyncIterator[Sequence[Entry]], head: Head | None = None) -> Finding:
    """Checks entries in order of their numbers, from the first one on; with a head, that they lead to it."""
    number, last = 0, NOTHING
    async for batch in batches:
        for entry in batch:
            problem = _problem(entry, number, last) or _against(head, entry.sequence, entry.digest)
            if problem:
                return Finding(number, last, problem)
            number, last = entry.sequence, entry.digest
    return Finding(number, last, _cut_off(head, number))


def _problem(entry: Entry, number: int, last: str) -> str:
    if entry.sequence < 1:
        return f"entry {entry.sequence} was put before the first one"
    if entry.sequence != number + 1:
        missing = (
            f"entry {number + 1}" if entry.sequence == number + 2 else f"entries {number + 1} to {entry.sequence - 1}"
        )
        return f"{missing} missing: entry {entry.sequence} stands behind entry {number}"
    if entry.computed() != entry.digest:
        return f"entry {entry.sequence} was changed: its content does not fit its hash"
    if entry.previous != last:
        return (
            f"entry {entry.sequence} does not follow entry {number}: one of them was exchanged, or both changed places"
        )
    return ""


def _against(head: Head | None, sequence: int, digest: str) -> str:
    if head is None or sequence != head.sequence or digest == head.digest:
        return ""
    return f"entry {sequence} is not the one of the head: the log was written anew up to here"


def _cut_off(head: Head | None, number: int) -> str:
    if head is None or number >= head.sequence:
        return ""
    return f"entry {number + 1} missing: the log is cut off, it went on to entry {head.sequence} when the head was made"
