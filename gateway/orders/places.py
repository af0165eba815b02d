"""How many analyses run at once, who waits, and how equal requests wait for each other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager

from gateway.making.case import Publish
from kit.errors import Overloaded
from telltale.gateway.v1 import resources_pb2

RETRY_AFTER_S = 2.0


class Slots:
    """A bounded number of places to work and a bounded queue before them."""

    def __init__(self, places: int, queue_length: int) -> None:
        self._free = asyncio.Semaphore(places)
        self._most = places + queue_length
        self._present = 0

    def refuse_when_full(self) -> None:
        """Raises Overloaded when not even the queue has room: cheaper to say before the upload than after it."""
        if self._present >= self._most:
            raise Overloaded("all places and the queue are taken; try again in a moment", retry_after_s=RETRY_AFTER_S)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place to work, after waiting for it. Raises Overloaded."""
        self.refuse_when_full()
        self._present += 1
        try:
            async with self._free:
                yield
        finally:
            self._present -= 1


class Queue:
    """How many callers may wait for an answer at once; there is no saying here when theirs comes.

    Everybody may take what is free. When nothing is, who has less than a fair share is let in all the same, up to three times as
    many together, so that one token with a thousand calls keeps nobody else out.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside: Counter[str] = Counter()

    def refuse_when_full(self, turn: str) -> None:
        """Raises Overloaded when nobody more of this turn may wait: cheaper to say before an upload than after it."""
        # All of it for one alone. Of several, each may have well above an equal share, since calls come in bunches and not in
        # equal steps; together they still leave room for the next one.
        inside, share = self._inside.total(), min(self._most, 3 * self._most // (1 + len({*self._inside, turn})))
        if inside >= 3 * self._most or (inside >= self._most and self._inside[turn] >= share):
            raise Overloaded("too many are waiting; try again in a moment", retry_after_s=RETRY_AFTER_S)

    @contextmanager
    def waiting(self, turn: str) -> Iterator[None]:
        """Waits with the others; `turn` is the id of a token. Raises Overloaded."""
        self.refuse_when_full(turn)
        self._inside[turn] += 1
        try:
            yield
        finally:
            self._inside[turn] -= 1
            if not self._inside[turn]:
                del self._inside[turn]


class Locks:
    """One lock per key, for as long as anybody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, key: Hashable) -> AsyncIterator[None]:
        """Waits until nobody else holds `key`; a key of None excludes nobody."""
        if key is None:
            yield
            return
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            self._leave(key)

    def _leave(self, key: Hashable) -> None:
        lock, users = self._locks.pop(key)
        if users > 1:
            self._locks[key] = (lock, users - 1)


async def steps(
    work: Callable[[Publish], Awaitable[resources_pb2.Analysis]],
) -> AsyncGenerator[resources_pb2.Analysis, None]:
    """Runs `work` and yields what it publishes, then what it returns. Work stops when the iteration is closed."""
    snapshots: asyncio.Queue[resources_pb2.Analysis | None] = asyncio.Queue()
    task = asyncio.ensure_future(work(snapshots.put_nowait))
    task.add_done_callback(lambda _: snapshots.put_nowait(None))
    try:
        while (snapshot := await snapshots.get()) is not None:
            yield snapshot
        yield await task
    finally:
        task.cancel()
        await asyncio.wait({task})
