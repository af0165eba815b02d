"""A log that was tampered with is found out, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway.audit.chain import checked_chain
from gateway.audit.entry import NOTHING, Entry, sealed
from gateway.audit.head import Head
from tests.support.audit import EVENT, chain, in_batches

OTHER = replace(EVENT, owner="mallory")


def changed(log: list[Entry]) -> list[Entry]:
    log[4] = replace(log[4], event=OTHER)
    return log


def changed_and_sealed(log: list[Entry]) -> list[Entry]:
    log[4] = sealed(5, OTHER, log[3].digest)
    return log


def exchanged(log: list[Entry]) -> list[Entry]:
    log[4], log[5] = replace(log[5], sequence=5), replace(log[4], sequence=6)
    return log


def missing(log: list[Entry]) -> list[Entry]:
    return [*log[:4], *log[6:]]


def first_missing(log: list[Entry]) -> list[Entry]:
    return log[1:]


async def test_a_whole_log_holds_to_its_last_entry() -> None:
    log = chain(10)
    finding = await checked_chain(in_batches(log))
    assert (finding.checked, finding.last, finding.problem) == (10, log[-1].digest, "")


async def test_an_empty_log_holds() -> None:
    assert (await checked_chain(in_batches([]))).last == NOTHING


@pytest.mark.parametrize(
    ("tampered", "held", "named"),
    [
        (changed, 4, "entry 5 was changed"),
        (changed_and_sealed, 5, "entry 6 does not follow entry 5"),
        (exchanged, 4, "entry 5 was changed"),
        (missing, 4, "entries 5 to 6 missing"),
        (first_missing, 0, "entry 1 missing"),
    ],
)
async def test_the_first_entry_that_is_wrong_is_named(
    tampered: Callable[[list[Entry]], list[Entry]], held: int, named: str
) -> None:
    finding = await checked_chain(in_batches(tampered(chain(10))))
    assert finding.checked == held
    assert named in finding.problem


async def test_a_head_shows_that_the_end_was_cut_off() -> None:
    log = chain(10)
    head = Head(10, log[-1].digest, 0)
    assert (await checked_chain(in_batches(log), head)).problem == ""
    assert "entry 9 missing: the log is cut off" in (await checked_chain(in_batches(log[:8]), head)).problem


async def test_a_log_may_have_grown_since_its_head() -> None:
    log = chain(10)
    assert (await checked_chain(in_batches(log), Head(6, log[5].digest, 0))).problem == ""


async def test_a_head_shows_that_everything_was_written_anew() -> None:
    log, rewritten = chain(10), [sealed(1, OTHER, NOTHING)]
    for entry in log[1:]:
        rewritten.append(sealed(entry.sequence, entry.event, rewritten[-1].digest))
    assert (await checked_chain(in_batches(rewritten))).problem == ""
    problem = (await checked_chain(in_batches(rewritten), Head(10, log[-1].digest, 0))).problem
    assert "entry 10 is not the one of the head" in problem


async def test_an_emptied_log_does_not_lead_to_a_head() -> None:
    assert "cut off" in (await checked_chain(in_batches([]), Head(3, "a" * 64, 0))).problem
