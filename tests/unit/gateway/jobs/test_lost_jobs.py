"""Jobs that ended too early, or that nobody has in hand: they are done all the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import NullPool, create_engine, make_url

from gateway.jobs.engine import Job
from tests.support.job_work import FakeWork, analysis, engine, until


async def test_a_job_that_ended_too_early_is_done_anew_when_it_is_renewed(url: str) -> None:
    work, jobs = FakeWork(), engine(url)
    async with jobs.running(work):
        await jobs.submit([analysis("one")])
        await until(lambda: states_in(url) == {"analysis-one": "SUCCESS"})
        await jobs.renew([analysis("one"), analysis("two")])
        await until(lambda: sorted(work.judged()) == ["one", "one", "two"])


async def test_a_job_that_waits_or_is_at_work_is_left_alone_when_it_is_renewed(url: str) -> None:
    work, jobs = FakeWork(), engine(url, places=1)
    async with jobs.running(work):
        await jobs.submit([analysis("held"), analysis("waits", priority=2)])
        await until(lambda: work.at_once == 1)
        await jobs.renew([analysis("held"), analysis("waits")])
        work.go_on.set()
        await until(lambda: len(work.judged()) == 2)
    assert (work.asked.count("examine held"), work.stopped) == (1, [])


async def test_a_job_whose_steps_could_not_be_written_down_is_done_all_the_same(sqlite_url: str) -> None:
    work, jobs = FakeWork(), engine(sqlite_url)
    async with jobs.running(work):
        with steps_refused(sqlite_url):
            await jobs.submit([analysis("one")])
            await until(lambda: states_in(sqlite_url) == {"analysis-one": "ERROR"})
        await jobs.renew([analysis("one")])
        await until(lambda: work.judged() == ["one"])


async def test_a_job_that_was_taken_from_the_queue_and_never_begun_is_begun_after_all(url: str) -> None:
    work, jobs = FakeWork(), engine(url)
    async with jobs.running(work):
        await jobs.submit([analysis("one")])
        await until(lambda: states_in(url) == {"analysis-one": "SUCCESS"})
        # As a claim leaves it whose commit was the last thing that a dying connection did.
        execute(url, "DELETE FROM {}operation_outputs")
        execute(url, "UPDATE {}workflow_status SET status = 'PENDING', executor_id = 'here', owner_xid = 'lost'")
        await until(lambda: work.judged() == ["one", "one"])


async def test_a_notification_that_waits_for_long_gives_its_place_up_and_is_tried_again_when_it_is_renewed(
    sqlite_url: str,
) -> None:
    work, jobs = FakeWork(), engine(sqlite_url)
    work.pauses_s = [1000.0]
    job = Job("notification", "told", "token", 1)
    async with jobs.running(work):
        await jobs.submit([job])
        await until(lambda: states_in(sqlite_url) == {job.job_id: "SUCCESS"})
        await jobs.renew([job])
        await until(lambda: work.asked == ["deliver told"] * 2)


def execute(url: str, statement: str) -> list[tuple[str, str]]:
    """Runs a statement of SQL behind the engine's back; the schema is put in for {}."""
    kept_in_a_file = url.startswith("sqlite")
    parsed = make_url(url).set(drivername="sqlite" if kept_in_a_file else "postgresql+psycopg")
    with create_engine(parsed, poolclass=NullPool).begin() as connection:
        found = connection.exec_driver_sql(statement.format("" if kept_in_a_file else "dbos."))
        return [(row[0], row[1]) for row in found] if found.returns_rows else []


def states_in(url: str) -> dict[str, str]:
    return dict(execute(url, "SELECT workflow_uuid, status FROM {}workflow_status"))


@contextmanager
def steps_refused(sqlite_url: str) -> Iterator[None]:
    """While a database refuses what steps write, as a server does that has become a standby."""
    refuse = "BEFORE INSERT ON operation_outputs BEGIN SELECT RAISE(ABORT, 'read-only'); END"
    execute(sqlite_url, f"CREATE TRIGGER refused {refuse}")
    try:
        yield
    finally:
        execute(sqlite_url, "DROP TRIGGER refused")
