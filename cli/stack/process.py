"""One child process: started on a leash, with a log file of its own, stopped with patience and then without."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cli.stack.probes import Probe
from kit.settings import child_environment


@dataclass(frozen=True)
class ProcessSpec:
    """What to start, and how to know that it is ready."""

    name: str
    command: tuple[str, ...]
    probe: Probe
    environment: Mapping[str, str] = field(default_factory=dict)
    # Processes of a lower stage are stopped first: whoever calls goes before whom he calls.
    stop_stage: int = 0


class ChildProcess:
    """A running process of a spec. Leads a process group of its own, so that its children can be killed with it."""

    def __init__(self, spec: ProcessSpec, process: asyncio.subprocess.Process) -> None:
        self.spec = spec
        self._process = process

    @classmethod
    async def start(cls, spec: ProcessSpec, log: Path) -> ChildProcess:
        """Starts it; output goes to the end of `log`. Must run in the main thread: the leash is tied to the thread."""
        leash = (sys.executable, "-m", "cli.stack.leash", str(os.getpid()))
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *leash,
                *spec.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=child_environment({"PYTHONUNBUFFERED": "1", **spec.environment}),
                start_new_session=True,
            )
        return cls(spec, process)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal's number when a signal ended it."""
        return self._process.returncode

    async def wait(self) -> int:
        """Its exit code, once it ended."""
        return await self._process.wait()

    async def ready(self, timeout_s: float, pause_s: float = 0.1) -> bool:
        """Waits until the probe succeeds; False when the process ends or the time is up before that."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self._process.returncode is None:
                    if await self.spec.probe.ready():
                        return True
                    await asyncio.sleep(pause_s)
        return False

    async def stop(self, grace_s: float) -> None:
        """SIGTERM, then SIGKILL to it and all that it started when it is still there after `grace_s` seconds."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), grace_s)
        self._kill_group()
        await self._process.wait()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


def describe_exit(code: int) -> str:
    """The exit code in words, e.g. "was killed by SIGKILL"."""
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log file, indented; empty when there is none."""
    if not log.is_file():
        return ""
    with log.open(encoding="utf-8", errors="replace") as lines:
        return "".join(f"    {line.rstrip()}\n" for line in deque(lines, maxlen=count))
