"""Writes the prediction log behind the backs of those who wait for answers, and deletes what has been kept long enough.

Lines wait in memory and are written together, as a segment that never changes. A segment that could not be written is tried again
under its own name, so that one which was written although its store failed to say so is not written twice.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Final

from gateway.ids import new_id
from gateway.jobs.patience import problem_of
from gateway.metrics import PREDICTIONS
from kit.clock import Clock
from kit.files.opening import Files
from kit.log import get_logger
from kit.predictions import Prediction, to_line

MOST_ROWS: Final = 500
"""Lines that are not left waiting for the next interval."""
ATTEMPTS: Final = 3
"""Times that a segment is tried, one an interval."""
_SWEEP: Final = timedelta(hours=1)
_SUFFIX: Final = ".jsonl"


@dataclass
class _Segment:
    key: str
    lines: list[str]
    attempts: int = 0


class Recorder:
    """One for a process, on its event loop. `add` only notes; all else happens in `running`.

    Args:
        files: where.
        interval_s: seconds from one writing to the next.
        days: how long a segment is kept after its day.
    """

    def __init__(self, files: Files, clock: Clock, interval_s: float, days: int) -> None:
        self._files = files
        self._clock = clock
        self._interval_s = interval_s
        self._kept = timedelta(days=days)
        self._instance = new_id(clock)
        self._numbers = count()
        self._rows: list[str] = []
        self._segments: deque[_Segment] = deque()
        self._full = asyncio.Event()
        self._swept: datetime | None = None
        self._writing = asyncio.Lock()

    def add(self, prediction: Prediction) -> None:
        """Takes a line. Neither waits nor raises; what a store that is away leaves waiting is bounded by `ATTEMPTS`."""
        self._rows.append(to_line(prediction))
        if len(self._rows) >= MOST_ROWS:
            self._full.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Writes until the context ends, and then what is left."""
        writing = asyncio.create_task(self._keep_writing())
        try:
            yield
        finally:
            writing.cancel()
            await asyncio.wait({writing})
            await self.write()

    async def write(self) -> None:
        """Writes what waits."""
        async with self._writing:
            self._full.clear()
            if self._rows:
                self._segments.append(_Segment(self._new_key(), self._rows))
                self._rows = []
            for segment in list(self._segments):
                if await self._settled(segment):
                    self._segments.remove(segment)

    async def sweep(self) -> int:
        """Deletes segments of days that are over for long enough; how many."""
        oldest = (self._clock.now() - self._kept).date()
        keys = [key for key in await asyncio.to_thread(self._files.names, "") if _is_older(key, oldest)]
        for key in keys:
            await asyncio.to_thread(self._files.remove, key)
        if keys:
            get_logger().info("old predictions deleted", segments=len(keys))
        return len(keys)

    async def _keep_writing(self) -> None:
        while True:
            await self._sweep_now_and_then()
            try:
                async with asyncio.timeout(self._interval_s):
                    await self._full.wait()
            except TimeoutError:
                pass  # It is time.
            # Behind a shield: what a thread writes is written, also when the process is asked to end meanwhile.
            await asyncio.shield(self.write())

    async def _sweep_now_and_then(self) -> None:
        now = self._clock.now()
        if self._swept is None or now - self._swept >= _SWEEP:
            self._swept = now
            if problem := await problem_of("prediction log", self.sweep()):
                get_logger().warning("old predictions could not be deleted", problem=problem)

    async def _settled(self, segment: _Segment) -> bool:
        """Whether there is nothing left to do about a segment."""
        segment.attempts += 1
        rows, last = len(segment.lines), segment.attempts >= ATTEMPTS
        content = "".join(segment.lines).encode()
        # Its name is taken by itself alone: that it is taken means that an earlier attempt got through.
        adding = asyncio.to_thread(self._files.add, segment.key, content)
        problem = await problem_of("prediction log", adding)
        if problem:
            get_logger().warning("predictions could not be written", problem=problem, rows=rows, given_up=last)
        if last or not problem:
            PREDICTIONS.add(rows, outcome="failed" if problem else "written")
        return last or not problem

    def _new_key(self) -> str:
        return f"{self._clock.now():%Y-%m-%d/%H%M%S}-{self._instance}-{next(self._numbers)}{_SUFFIX}"


def _is_older(key: str, oldest: date) -> bool:
    day, _, name = key.partition("/")
    try:
        return name.endswith(_SUFFIX) and date.fromisoformat(day) < oldest
    except ValueError:
        return False  # It is none of ours.
