"""One run: a stack, clients, a killer; then the count."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.chaos.clients import Client, Outcome
from tests.chaos.count import books, problems, sweep
from tests.chaos.ends import watch
from tests.chaos.killer import Kill, Killer
from tests.chaos.orders import Order, orders
from tests.chaos.receiver import Receiver
from tests.chaos.stack import Victims, running

_QUIET_S = 90.0


@dataclass(frozen=True)
class Wish:
    """What is to be done.

    Attributes:
        store: "sqlite" or "postgres".
        seed: of media, clients and kills.
        analyses: how many.
        clients: that ask at the same time.
        every_s: mean seconds between two kills.
        most_kills: at most so many; then there is peace.
    """

    store: str
    seed: int
    analyses: int
    clients: int = 16
    every_s: float = 3.0
    most_kills: int = 10_000


@dataclass(frozen=True)
class Report:
    """What came of it.

    Attributes:
        wish: what was to be done.
        kills: what was killed when.
        spared: processes that were never killed, so that the run says nothing about them.
        took_s: until the last client had its answer.
        answers: how many answers are there by how many attempts of a client.
        refusals: statuses of gRPC that clients came back after.
        notifications: that were wanted, and how often the receiver was told.
        uploads_without_order: files whose client was cut off before its order was taken; they expire.
        files_swept: that were written and whose row a crash has kept away.
        problems: what is wrong, by what should be so.
    """

    wish: Wish
    kills: Sequence[Kill]
    spared: Sequence[str]
    took_s: float
    answers: dict[int, int]
    refusals: dict[str, int]
    notifications: tuple[int, int]
    uploads_without_order: int
    files_swept: int
    problems: dict[str, list[str]]

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.problems.values())

    def as_json(self) -> dict[str, object]:
        """For a file."""
        return {**asdict(self), "is_well": self.is_well}


async def run(wish: Wish, folder: Path) -> Report:
    """Runs it with its state in `folder`."""
    wanted, receiver = orders(wish.analyses, wish.seed), Receiver()
    async with receiver.listening(), running(wish.store, folder, receiver.port) as victims:
        watch(victims.settings.database())
        killer = Killer(victims, random.Random(wish.seed), wish.every_s)
        began_s = time.monotonic()
        outcomes = await _mistreated(wish, wanted, victims, killer, receiver)
        took_s = time.monotonic() - began_s
        await _quiet(victims)
        swept = await sweep(victims.settings)
        final = await asyncio.to_thread(books, victims)
    wrong = problems(final, wanted, outcomes, receiver.told)
    return Report(
        wish=wish,
        kills=killer.kills,
        spared=sorted(victims.supervisors.keys() - {name for _, name in killer.kills}),
        took_s=round(took_s, 1),
        answers=dict(sorted(Counter(outcome.attempts for outcome in outcomes).items())),
        refusals=dict(sum((outcome.refusals for outcome in outcomes), Counter())),
        notifications=(len(final.notifications), receiver.told.total()),
        uploads_without_order=len(final.media - final.ordered),
        files_swept=swept,
        problems=dict(wrong),
    )


async def _mistreated(
    wish: Wish, wanted: Sequence[Order], victims: Victims, killer: Killer, receiver: Receiver
) -> list[Outcome]:
    rampage = asyncio.create_task(killer.rampage(wish.most_kills))
    places = asyncio.Semaphore(wish.clients)

    async def served(number: int, order: Order) -> Outcome:
        chance = random.Random(wish.seed * 1_000_003 + number)
        async with places:
            return await Client(order, victims.gateways, victims.token, receiver.url, chance).insist()

    try:
        return await asyncio.gather(*(served(number, order) for number, order in enumerate(wanted)))
    finally:
        rampage.cancel()
        with suppress(asyncio.CancelledError):
            await rampage


async def _quiet(victims: Victims) -> None:
    """Waits until all jobs have ended, notifications too, and everything that was killed is back."""
    until_s = time.monotonic() + _QUIET_S
    while (await asyncio.to_thread(books, victims)).busy and time.monotonic() < until_s:
        await asyncio.sleep(0.5)
