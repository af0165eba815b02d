"""News of analyses under way, for those in this process who watch them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from gateway.search import ENDED
from telltale.gateway.v1 import resources_pb2

_MOST_STEPS = 64


def has_ended(analysis: resources_pb2.Analysis) -> bool:
    """Whether nothing more will happen to it."""
    return analysis.state in ENDED


class Watcher:
    """Who waits for news of one analysis."""

    def __init__(self) -> None:
        self._steps: asyncio.Queue[resources_pb2.Analysis | None] = asyncio.Queue(_MOST_STEPS)

    def tell(self, step: resources_pb2.Analysis | None) -> None:
        """A step; None: the row has changed and is worth reading. Who is too slow for all steps misses some."""
        with suppress(asyncio.QueueFull):
            self._steps.put_nowait(step)

    async def news(self, timeout_s: float) -> resources_pb2.Analysis | None:
        """The next step; None when the row is worth reading, at the latest after `timeout_s`: others may have changed it."""
        try:
            # Not wait_for: in Python 3.11 it swallows a cancellation that meets a step.
            async with asyncio.timeout(timeout_s):
                return await self._steps.get()
        except TimeoutError:
            return None


class Bulletin:
    """Hands steps on."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[Watcher]] = {}

    @contextmanager
    def watched(self, name: str) -> Iterator[Watcher]:
        """Watches the analysis of this name from now on."""
        watcher = Watcher()
        self._watchers.setdefault(name, set()).add(watcher)
        try:
            yield watcher
        finally:
            self._watchers[name].discard(watcher)
            if not self._watchers[name]:
                del self._watchers[name]

    def publish(self, step: resources_pb2.Analysis) -> None:
        """A step of an analysis that has not ended."""
        for watcher in self._watchers.get(step.name, ()):
            watcher.tell(step)

    def changed(self, name: str) -> None:
        """The row of an analysis has changed."""
        for watcher in self._watchers.get(name, ()):
            watcher.tell(None)
