from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.stack.backoff import Backoff
from cli.stack.process import ChildProcess, ProcessSpec
from cli.stack.supervisor import StartFailed, Supervisor
from kit.clock import SystemClock
from tests.support.processes import program, sleeper


class Said:
    """Collects what the supervisor says; a test can wait for a word."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self._more = asyncio.Event()

    def __call__(self, sentence: str) -> None:
        self.sentences.append(sentence)
        self._more.set()

    async def until(self, word: str) -> None:
        async with asyncio.timeout(20):
            while not any(word in sentence for sentence in self.sentences):
                self._more.clear()
                await self._more.wait()


def supervisor(folder: Path, specs: Sequence[ProcessSpec], said: Said, start_timeout_s: float = 20) -> Supervisor:
    return Supervisor(
        specs,
        folder / "logs",
        said,
        SystemClock(),
        start_timeout_s=start_timeout_s,
        stop_grace_s=5,
        make_backoff=lambda: Backoff(initial_s=0.01),
    )


async def test_inside_everything_is_ready_and_afterwards_nothing_runs(tmp_path: Path) -> None:
    async with supervisor(tmp_path, [sleeper("a", tmp_path)], Said()) as stack:
        pid = stack.pid("a")
        assert (tmp_path / "a.ready").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_callers_are_stopped_before_those_they_call(tmp_path: Path) -> None:
    specs = [sleeper("detector", tmp_path, stop_stage=1), sleeper("gateway", tmp_path, stop_stage=0)]
    async with supervisor(tmp_path, specs, Said()):
        pass
    assert (tmp_path / "order").read_text() == "gateway detector "


async def test_a_process_that_dies_is_started_again_and_both_are_told(tmp_path: Path) -> None:
    said = Said()
    async with supervisor(tmp_path, [sleeper("a", tmp_path)], said) as stack:
        first = stack.pid("a")
        os.kill(first, signal.SIGKILL)
        await said.until("a is back")
        assert stack.pid("a") != first
    assert "a was killed by SIGKILL; it is started again" in said.sentences[0]


async def test_a_process_that_dies_at_start_fails_the_start_with_the_end_of_its_log(tmp_path: Path) -> None:
    broken = program("broken", tmp_path, "print('no such model'); sys.exit(3)")
    with pytest.raises(StartFailed, match=r"broken ended with exit code 3 while it started[\s\S]*no such model"):
        async with supervisor(tmp_path, [broken, sleeper("fine", tmp_path)], Said()):
            pass


async def test_a_failed_start_leaves_nothing_running(tmp_path: Path) -> None:
    stack = supervisor(tmp_path, [program("broken", tmp_path, "sys.exit(3)"), sleeper("fine", tmp_path)], Said())
    with pytest.raises(StartFailed):
        await stack.__aenter__()
    with pytest.raises(ProcessLookupError):
        os.kill(stack.pid("fine"), 0)


async def test_a_process_that_is_not_ready_in_time_fails_the_start(tmp_path: Path) -> None:
    slow = program("slow", tmp_path, "time.sleep(60)")
    with pytest.raises(StartFailed, match=r"slow was not ready after 0 s"):
        async with supervisor(tmp_path, [slow], Said(), start_timeout_s=0.2):
            pass


async def test_a_start_that_is_cancelled_leaves_nothing_running(tmp_path: Path) -> None:
    specs = [program("slow", tmp_path, "time.sleep(60)"), sleeper("fine", tmp_path)]
    stack = supervisor(tmp_path, specs, Said())
    start = asyncio.create_task(stack.__aenter__())
    await until_exists(tmp_path / "fine.ready")
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    with pytest.raises(ProcessLookupError):
        os.kill(stack.pid("slow"), 0)


async def test_the_log_of_the_run_before_is_kept(tmp_path: Path) -> None:
    for number in range(2):
        speaker = program("a", tmp_path, f"print('run', {number}, flush=True); ready.touch(); time.sleep(60)")
        async with supervisor(tmp_path, [speaker], Said()):
            (tmp_path / "a.ready").unlink()
    logs = [(tmp_path / "logs" / name).read_text() for name in ("a.log", "a.log.1")]
    assert logs == ["run 1\n", "run 0\n"]


async def until_exists(path: Path) -> None:
    async with asyncio.timeout(20):
        while not path.exists():
            await asyncio.sleep(0.01)


async def test_a_process_in_anothers_place_is_kept_running_and_the_other_is_not(tmp_path: Path) -> None:
    said, other = Said(), tmp_path / "other"
    other.mkdir()
    async with supervisor(tmp_path, [sleeper("a", tmp_path)], said) as stack:
        child = await ChildProcess.start(sleeper("a", other), tmp_path / "other.log")
        assert await child.ready(20)
        before = stack.replace(child)
        await before.stop(5)
        assert stack.pid("a") == child.pid
        os.kill(child.pid, signal.SIGKILL)
        await said.until("a is back")
        assert stack.spec("a") is child.spec
    assert not any("ended with" in sentence for sentence in said.sentences)
