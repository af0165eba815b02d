"""Starts all processes of a stack, waits until they are ready, starts again what dies, and stops everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Self

from cli.stack.backoff import Backoff
from cli.stack.process import ChildProcess, ProcessSpec, describe_exit, last_lines
from kit.clock import Clock

Say = Callable[[str], None]


class StartFailed(Exception):
    """A process died, or was not ready in time, while the stack started. The message holds the end of its log."""


class Supervisor:
    """Use as `async with`: inside, everything is ready; on the way out, everything is stopped.

    Each process has a log file in `logs`; the one of the run before is kept as `.log.1`.
    """

    def __init__(
        self,
        specs: Sequence[ProcessSpec],
        logs: Path,
        say: Say,
        clock: Clock,
        *,
        start_timeout_s: float,
        stop_grace_s: float,
        make_backoff: Callable[[], Backoff] = Backoff,
    ) -> None:
        self._specs = specs
        self._logs = logs
        self._say = say
        self._clock = clock
        self._start_timeout_s = start_timeout_s
        self._stop_grace_s = stop_grace_s
        self._make_backoff = make_backoff
        self._children: dict[str, ChildProcess] = {}
        self._keepers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Raises StartFailed, with everything stopped again."""
        self._logs.mkdir(parents=True, exist_ok=True)
        for log in map(self._log, self._specs):
            if log.exists():
                log.replace(log.with_suffix(".log.1"))
        try:
            # One after another: who is cancelled here has one half-started process to clear away, and waits for it.
            for spec in self._specs:
                await self._start(spec)
            await self._all_ready()
        except BaseException:
            await self._stop()
            raise
        self._keepers = [asyncio.create_task(self._keep(spec.name)) for spec in self._specs]
        return self

    async def __aexit__(self, *_: object) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await self._stop()

    async def watch(self) -> None:
        """Waits until it is cancelled. Raises what a keeper raised: then nobody watches the processes any more."""
        await asyncio.gather(*self._keepers)

    def pid(self, name: str) -> int:
        """Process id of the process called `name`; a new one after it was started again."""
        return self._children[name].pid

    def spec(self, name: str) -> ProcessSpec:
        """By what the process called `name` was started."""
        return self._children[name].spec

    def replace(self, child: ChildProcess) -> ChildProcess:
        """`child`, which is ready, is kept running in the place of the process of its name; that one is the caller's to stop."""
        before = self._children[child.spec.name]
        self._children[child.spec.name] = child
        return before

    async def _start(self, spec: ProcessSpec) -> ChildProcess:
        child = await ChildProcess.start(spec, self._log(spec))
        self._children[spec.name] = child
        return child

    async def _all_ready(self) -> None:
        waits = [asyncio.create_task(self._first_ready(spec)) for spec in self._specs]
        try:
            await asyncio.gather(*waits)
        finally:
            for wait in waits:
                wait.cancel()

    async def _first_ready(self, spec: ProcessSpec) -> None:
        child = self._children[spec.name]
        if await child.ready(self._start_timeout_s):
            return
        code, log = child.exit_code, self._log(spec)
        what = f"was not ready after {self._start_timeout_s:.0f} s" if code is None else describe_exit(code)
        raise StartFailed(f"{spec.name} {what} while it started. The end of {log}:\n{last_lines(log)}")

    async def _keep(self, name: str) -> None:
        backoff = self._make_backoff()
        while True:
            started_s, kept = self._clock.monotonic_s(), self._children[name]
            code = await kept.wait()
            if self._children[name] is not kept:
                continue  # another has its place since
            spec = kept.spec
            pause_s = backoff.pause_s(self._clock.monotonic_s() - started_s)
            self._say(
                f"{spec.name} {describe_exit(code)}; it is started again in {pause_s:.1f} s (log: {self._log(spec)})"
            )
            await kept.stop(0)
            await asyncio.sleep(pause_s)
            if self._children[name] is not kept:
                continue  # while it was waited
            child = await self._start(spec)
            if await child.ready(self._start_timeout_s):
                self._say(f"{spec.name} is back")

    async def _stop(self) -> None:
        children = sorted(self._children.values(), key=lambda child: child.spec.stop_stage)
        for _, stage in groupby(children, key=lambda child: child.spec.stop_stage):
            await asyncio.gather(*(child.stop(self._stop_grace_s) for child in stage))

    def _log(self, spec: ProcessSpec) -> Path:
        return self._logs / f"{spec.name}.log"
