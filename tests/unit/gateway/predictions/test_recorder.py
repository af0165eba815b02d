"""Segments of the prediction log: written once, tried again, given up at last, deleted when they are old."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.predictions.recorder import ATTEMPTS, MOST_ROWS, Recorder
from kit.files.folder import FolderFiles
from kit.predictions import Prediction, from_line
from tests.support.clock import FakeClock
from tests.support.readings import told

ONE = Prediction(1, "photo", "jpeg", 1.0, 2.0, None, "AUTHENTIC", 5.0, {"frequency": -1.0}, {}, {}, {}, False)
HOUR_S = 3600.0


class Moody(FolderFiles):
    """A folder that fails, before or after it has written."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.before = self.behind = 0

    def add(self, key: str, content: bytes) -> bool:
        if self.before:
            self.before -= 1
            raise OSError(errno.EIO, "no disk")
        written = super().add(key, content)
        if self.behind:
            self.behind -= 1
            raise OSError(errno.EIO, "no answer")
        return written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    return tmp_path / "log"


def recorder(files: FolderFiles, clock: FakeClock, interval_s: float = HOUR_S, days: int = 7) -> Recorder:
    return Recorder(files, clock, interval_s, days)


def segments(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.jsonl"))


def logged(folder: Path) -> list[Prediction]:
    return [from_line(line) for path in segments(folder) for line in path.read_text().splitlines()]


def counted(outcome: str) -> float:
    return told("telltale_predictions_logged_total", outcome=outcome) or 0


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


def test_what_waits_is_written_when_the_process_ends(folder: Path) -> None:
    async def run() -> None:
        written = recorder(FolderFiles(folder), FakeClock())
        async with written.running():
            written.add(ONE)
            written.add(replace(ONE, risk_score=7.0))
            assert segments(folder) == []

    asyncio.run(run())
    [segment] = segments(folder)
    assert segment.parent.name == FakeClock().now().date().isoformat()
    assert segment.name.startswith(f"{FakeClock().now():%H%M%S}-")
    assert [each.risk_score for each in logged(folder)] == [5.0, 7.0]


def test_it_is_written_every_interval_as_a_segment_that_stays(folder: Path) -> None:
    async def run() -> None:
        written = recorder(FolderFiles(folder), FakeClock(), interval_s=0.01)
        async with written.running():
            written.add(ONE)
            await until(lambda: len(segments(folder)) == 1)
            first = segments(folder)[0].read_bytes()
            written.add(ONE)
            await until(lambda: len(segments(folder)) == 2)
            assert first in [each.read_bytes() for each in segments(folder)]

    asyncio.run(run())


def test_many_rows_do_not_wait_for_the_interval(folder: Path) -> None:
    async def run() -> None:
        written = recorder(FolderFiles(folder), FakeClock())
        async with written.running():
            for _ in range(MOST_ROWS):
                written.add(ONE)
            await until(lambda: segments(folder))

    asyncio.run(run())
    assert len(logged(folder)) == MOST_ROWS


def test_a_store_that_was_away_gets_every_line_later(folder: Path) -> None:
    async def run() -> None:
        files = Moody(folder)
        files.before = ATTEMPTS - 1
        written = recorder(files, FakeClock())
        for number in range(ATTEMPTS):
            written.add(replace(ONE, time_s=number))
            await written.write()

    asyncio.run(run())
    assert sorted(each.time_s for each in logged(folder)) == list(range(ATTEMPTS))


def test_a_segment_whose_answer_was_lost_is_not_written_twice(folder: Path) -> None:
    async def run() -> None:
        files = Moody(folder)
        files.behind = 1
        written = recorder(files, FakeClock())
        written.add(ONE)
        await written.write()
        await written.write()

    before = counted("written")
    asyncio.run(run())
    assert (len(logged(folder)), counted("written") - before) == (1, 1)


def test_what_cannot_be_written_is_given_up_and_counted(folder: Path) -> None:
    async def run() -> None:
        files = Moody(folder)
        files.before = ATTEMPTS
        written = recorder(files, FakeClock())
        written.add(ONE)
        written.add(ONE)
        for _ in range(ATTEMPTS + 1):
            await written.write()

    before = counted("failed")
    asyncio.run(run())
    assert (logged(folder), counted("failed") - before) == ([], 2)


def test_segments_of_old_days_are_deleted_and_nothing_else(folder: Path) -> None:
    async def run() -> int:
        clock = FakeClock()
        written = recorder(FolderFiles(folder), clock, days=7)
        written.add(ONE)
        await written.write()
        clock.advance(timedelta(days=7, hours=23).total_seconds())
        written.add(ONE)
        await written.write()
        (folder / "notes.jsonl").write_text("somebody's")
        first = await written.sweep()
        clock.advance(timedelta(days=1).total_seconds())
        return 10 * first + await written.sweep()

    deleted = asyncio.run(run())
    assert (deleted, len(segments(folder)), (folder / "notes.jsonl").exists()) == (1, 2, True)
    assert len([path for path in folder.iterdir() if path.is_dir()]) == 1
