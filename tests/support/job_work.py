"""`Work` for tests of the job engine: in this process, and as a program of its own that a test may kill."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from gateway.jobs.dbos_engine import DbosEngine, Plan
from gateway.jobs.engine import Job
from gateway.jobs.hands import Limits
from gateway.jobs.runner import Posture
from kit.clock import SystemClock
from kit.errors import TelltaleError
from kit.log import configure

POLLING_S = 0.02
HEARTBEAT_S = 0.1
SILENT_S = 0.5
_PAUSE_S = 0.01
_PATIENCE_S = 60.0


class FakeWork:
    """Writes down what it was asked. Analyses whose ids begin with "held" are examined until `go_on` is set."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.stopped: list[str] = []
        self.failed: dict[str, str] = {}
        self.at_once = 0
        self.most_at_once = 0
        self.go_on = asyncio.Event()
        self.errors: list[Exception] = []
        self.pauses_s: list[float | None] = []

    async def examine(self, analysis_id: str) -> None:
        self.asked.append(f"examine {analysis_id}")
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if analysis_id.startswith("held"):
                await self.go_on.wait()
        except asyncio.CancelledError:
            self.stopped.append(analysis_id)
            raise
        finally:
            self.at_once -= 1

    async def judge(self, analysis_id: str) -> None:
        self.asked.append(f"judge {analysis_id}")
        if self.errors:
            raise self.errors.pop(0)

    async def fail(self, analysis_id: str, problem: str) -> None:
        self.failed[analysis_id] = problem

    async def deliver(self, notification_id: str) -> float | None:
        self.asked.append(f"deliver {notification_id}")
        return self.pauses_s.pop(0) if self.pauses_s else None

    def judged(self) -> list[str]:
        return [line.removeprefix("judge ") for line in self.asked if line.startswith("judge ")]


class FileWork:
    """The same for a program: notes go to the end of a file; everything is held while a file named "hold" is there."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder

    async def examine(self, analysis_id: str) -> None:
        self._note("examine", analysis_id)
        try:
            while (self._folder / "hold").exists():
                await asyncio.sleep(_PAUSE_S)
        except asyncio.CancelledError:
            self._note("stopped", analysis_id)
            raise

    async def judge(self, analysis_id: str) -> None:
        self._note("judge", analysis_id)

    async def fail(self, analysis_id: str, problem: str) -> None:
        self._note("fail", analysis_id)

    async def deliver(self, notification_id: str) -> float | None:
        self._note("deliver", notification_id)
        return None

    def _note(self, what: str, subject: str) -> None:
        with (self._folder / "notes").open("a") as notes:
            notes.write(f"{self._name} {what} {subject}\n")


def notes(folder: Path) -> list[str]:
    """What all programs have written, line by line."""
    path = folder / "notes"
    return path.read_text().splitlines() if path.exists() else []


def analysis(subject: str, turn: str = "token", priority: int = 1) -> Job:
    return Job("analysis", subject, turn, priority)


def engine(
    url: str,
    name: str = "here",
    *,
    works: bool = True,
    places: int = 4,
    pauses_s: tuple[float, ...] = (0.01,),
    polling_s: float = POLLING_S,
) -> DbosEngine:
    posture = Posture(name, Limits(places, pauses_s=pauses_s), polling_s)
    return DbosEngine(Plan(url, posture, works, HEARTBEAT_S, SILENT_S), SystemClock())


@asynccontextmanager
async def submitting(url: str) -> AsyncIterator[DbosEngine]:
    """An engine that does nothing itself."""
    only = engine(url, works=False)
    async with only.running(FakeWork()):
        yield only


async def until(condition: Callable[[], bool | Awaitable[bool]], patience_s: float = _PATIENCE_S) -> None:
    """Returns when the condition holds."""
    deadline_s = time.monotonic() + patience_s
    while True:
        held = condition()
        if held if isinstance(held, bool) else await held:
            return
        assert time.monotonic() < deadline_s, "it did not come about in time"
        await asyncio.sleep(_PAUSE_S)


@contextmanager
def worker_program(url: str, name: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that works on the jobs at a URL; killed at the end, if it is still there."""
    process = subprocess.Popen([sys.executable, "-m", "tests.support.job_work", url, name, str(folder)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def _main(arguments: Sequence[str]) -> None:
    url, name, folder = arguments
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with engine(url, name).running(FileWork(name, Path(folder))):
        (Path(folder) / f"{name}.ready").touch()
        await stopped.wait()


if __name__ == "__main__":
    configure("worker", "WARNING")
    try:
        asyncio.run(_main(sys.argv[1:]))
    except TelltaleError as error:
        sys.exit(error.message)
