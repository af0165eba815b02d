"""The engine in one process."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from gateway.jobs.database import open_job_database
from gateway.jobs.engine import Job
from kit.errors import DetectorUnavailable, InvalidSettings, NotConfigured
from tests.support.job_work import FakeWork, analysis, engine, submitting, until


async def test_an_analysis_is_examined_and_then_judged(url: str) -> None:
    work, jobs = FakeWork(), engine(url)
    async with jobs.running(work):
        await jobs.submit([analysis("one")])
        await until(lambda: len(work.asked) == 2)
    assert work.asked == ["examine one", "judge one"]


async def test_a_job_that_is_submitted_many_times_is_done_once(url: str) -> None:
    work, jobs = FakeWork(), engine(url)
    async with jobs.running(work):
        await asyncio.gather(*(jobs.submit([analysis("one"), analysis("one")]) for _ in range(20)))
        await until(lambda: work.judged() == ["one"])
        await jobs.submit([analysis("one"), analysis("two")])
        await until(lambda: "two" in work.judged())
    assert sorted(work.judged()) == ["one", "two"]


async def test_what_is_submitted_here_and_what_waits_for_a_place_begins_without_the_interval(url: str) -> None:
    work, jobs = FakeWork(), engine(url, places=1, polling_s=600.0)
    async with jobs.running(work):
        await jobs.submit([analysis("one"), analysis("two")])
        await until(lambda: work.judged() == ["one", "two"])
        await jobs.submit([Job("notification", "three", "token", 1)])
        await until(lambda: "deliver three" in work.asked)


async def test_work_on_a_cancelled_job_stops_at_once_and_frees_its_place(url: str) -> None:
    work, jobs = FakeWork(), engine(url, places=1)
    async with jobs.running(work):
        await jobs.submit([analysis("held")])
        await until(lambda: work.at_once == 1)
        began_s = time.monotonic()
        await jobs.cancel(["analysis-held"])
        await until(lambda: work.stopped == ["held"])
        assert time.monotonic() - began_s < 1.0
        await jobs.submit([analysis("next")])
        await until(lambda: work.judged() == ["next"])
    assert work.failed == {}


async def test_a_cancelled_job_that_waits_is_never_begun(url: str) -> None:
    work, jobs = FakeWork(), engine(url, places=1)
    async with jobs.running(work):
        await jobs.submit([analysis("held")])
        await until(lambda: work.at_once == 1)
        await jobs.submit([analysis("waits"), analysis("last", priority=2)])
        await jobs.cancel(["analysis-waits", "analysis-unknown"])
        work.go_on.set()
        await until(lambda: "last" in work.judged())
    assert "examine waits" not in work.asked


async def test_a_job_at_work_when_the_engine_stops_is_done_at_the_next_start(url: str) -> None:
    before, after = FakeWork(), FakeWork()
    first, second = engine(url), engine(url)
    async with first.running(before):
        await first.submit([analysis("held")])
        await until(lambda: before.at_once == 1)
    assert before.stopped == ["held"]
    after.go_on.set()
    async with second.running(after):
        await until(lambda: after.judged() == ["held"])


async def test_nothing_is_left_of_a_forgotten_job(url: str) -> None:
    work, jobs = FakeWork(), engine(url)
    async with jobs.running(work):
        await jobs.submit(
            [analysis("held-secret", turn="turn-secret"), Job("notification", "told-secret", "turn-secret", 1)]
        )
        await until(lambda: work.at_once == 1 and "deliver told-secret" in work.asked)
        assert await jobs.forget(["analysis-held-secret", "notification-told-secret"])
        assert work.stopped == ["held-secret"]
        assert not await jobs.forget(["analysis-held-secret"])
        assert everything_in(url).count("secret") == 0


async def test_tokens_take_turns_and_none_takes_every_place(sqlite_url: str) -> None:
    work, jobs = FakeWork(), engine(sqlite_url, places=3)
    async with jobs.running(work):
        await jobs.submit([analysis(f"held-{count}", turn="greedy") for count in range(20)])
        await until(lambda: work.at_once == 2)
        await jobs.submit([analysis("small", turn="modest")])
        await until(lambda: work.judged() == ["small"])
        assert work.most_at_once <= 3
        assert await jobs.waiting("modest") == (18, 0)
        assert await jobs.waiting("greedy") == (18, 18)


async def test_jobs_of_one_token_come_in_order_of_priority(sqlite_url: str) -> None:
    work, jobs = FakeWork(), engine(sqlite_url, places=1)
    async with jobs.running(work):
        await jobs.submit([analysis("held")])
        await until(lambda: work.at_once == 1)
        await jobs.submit(
            [analysis("low", priority=30), analysis("high", priority=10), analysis("middle", priority=20)]
        )
        work.go_on.set()
        await until(lambda: len(work.judged()) == 4)
    assert work.judged() == ["held", "high", "middle", "low"]


async def test_a_step_is_tried_again(sqlite_url: str) -> None:
    work, jobs = FakeWork(), engine(sqlite_url, pauses_s=(0.01, 0.01))
    work.errors = [DetectorUnavailable("fusion is away"), DetectorUnavailable("fusion is away")]
    async with jobs.running(work):
        await jobs.submit([analysis("one")])
        await until(lambda: len(work.judged()) == 3)
        await asyncio.sleep(0.05)
    assert work.failed == {}
    assert work.asked.count("examine one") == 1


async def test_an_analysis_that_was_tried_often_enough_is_ended(sqlite_url: str) -> None:
    work, jobs = FakeWork(), engine(sqlite_url, pauses_s=(0.01,))
    work.errors = [DetectorUnavailable("fusion is away")] * 2
    async with jobs.running(work):
        await jobs.submit([analysis("one")])
        await until(lambda: work.failed != {})
    assert work.failed == {"one": "fusion is away"}


async def test_an_analysis_with_a_fault_of_ours_is_ended_without_its_words(sqlite_url: str) -> None:
    work, jobs = FakeWork(), engine(sqlite_url)
    work.errors = [KeyError("a secret path")]
    async with jobs.running(work):
        await jobs.submit([analysis("one")])
        await until(lambda: work.failed != {})
    assert "secret" not in work.failed["one"]
    assert work.judged() == ["one"]


async def test_a_notification_is_tried_until_nothing_is_left_to_do(sqlite_url: str) -> None:
    work, jobs = FakeWork(), engine(sqlite_url)
    work.pauses_s = [0.01, 0.02]
    async with jobs.running(work):
        await jobs.submit([Job("notification", "told", "token", 1)])
        await until(lambda: work.asked == ["deliver told"] * 3)


async def test_a_notification_that_waits_for_its_next_attempt_is_cancelled_at_once(sqlite_url: str) -> None:
    work, jobs = FakeWork(), engine(sqlite_url)
    work.pauses_s = [50.0]
    async with jobs.running(work):
        await jobs.submit([Job("notification", "told", "token", 1)])
        await until(lambda: work.asked == ["deliver told"])
        await until(lambda: jobs._hands is not None and jobs._hands.busy() == ["notification-told"])
        await jobs.cancel(["notification-told"])
        await until(lambda: jobs._hands is not None and jobs._hands.busy() == [])


async def test_a_process_without_work_only_takes_jobs_on(sqlite_url: str) -> None:
    async with submitting(sqlite_url) as jobs:
        await jobs.submit([analysis("one"), analysis("two")])
        await jobs.cancel(["analysis-two"])
        assert await jobs.waiting("token") == (1, 1)


async def test_a_stopped_engine_takes_nothing_on(sqlite_url: str) -> None:
    with pytest.raises(NotConfigured):
        await engine(sqlite_url).submit([analysis("one")])


@pytest.mark.parametrize("wrong", ["nonsense", "postgresql://nobody@127.0.0.1:1/none", "sqlite:////proc/none/jobs.db"])
async def test_a_database_that_cannot_be_opened_is_named(wrong: str) -> None:
    with pytest.raises(InvalidSettings, match="jobs_url"):
        async with submitting(wrong):
            pass


def everything_in(url: str) -> str:
    """All rows of all tables, and the bytes of SQLite's files."""
    database = open_job_database(url)
    try:
        with database.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
            else:
                found = "SELECT 'dbos.' || table_name FROM information_schema.tables WHERE table_schema = 'dbos'"
                tables = connection.exec_driver_sql(found).scalars()
            rows = [str(connection.exec_driver_sql(f"SELECT * FROM {table}").all()) for table in tables.all()]
        return "".join(rows) + files_of(database.engine.url.database or "")
    finally:
        database.close()


def files_of(database: str) -> str:
    return "".join(
        path.read_bytes().decode("latin-1") for path in Path("/").glob(f"{database.lstrip('/')}*") if path.is_file()
    )
