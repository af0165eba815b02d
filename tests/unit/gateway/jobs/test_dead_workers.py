"""The engine in several processes, some of which are killed."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from pathlib import Path

from gateway.jobs.ledger import Ledger
from tests.support.job_work import analysis, notes, submitting, until, worker_program
from tests.support.postgres import Postgres


def judged(folder: Path) -> Counter[str]:
    return Counter(line.split()[-1] for line in notes(folder) if " judge " in line)


def examined(folder: Path, by: str) -> int:
    return sum(line.startswith(f"{by} examine ") for line in notes(folder))


async def test_jobs_of_a_killed_worker_are_done_when_it_is_started_again(url: str, tmp_path: Path) -> None:
    (tmp_path / "hold").touch()
    names = [f"a{count}" for count in range(6)]
    async with submitting(url) as jobs:
        await jobs.submit([analysis(name, turn=name) for name in names])
        with worker_program(url, "one", tmp_path) as process:
            await until(lambda: examined(tmp_path, "one") == 4)
            process.kill()
        (tmp_path / "hold").unlink()
        with worker_program(url, "one", tmp_path):
            await until(lambda: len(judged(tmp_path)) == 6)
    assert judged(tmp_path) == Counter(names)


async def test_jobs_of_a_killed_worker_are_taken_up_by_another(url: str, tmp_path: Path) -> None:
    (tmp_path / "hold").touch()
    with worker_program(url, "doomed", tmp_path) as doomed, worker_program(url, "other", tmp_path):
        await until(lambda: (tmp_path / "doomed.ready").exists() and (tmp_path / "other.ready").exists())
        async with submitting(url) as jobs:
            await jobs.submit([analysis(f"a{count}", turn=f"t{count}") for count in range(8)])
            await until(lambda: len(notes(tmp_path)) == 8)
            doomed.kill()
            (tmp_path / "hold").unlink()
            await until(lambda: len(judged(tmp_path)) == 8)
    assert examined(tmp_path, "doomed") == 4
    assert examined(tmp_path, "other") == 8


async def test_a_worker_thought_dead_stops_when_it_finds_its_jobs_elsewhere(url: str, tmp_path: Path) -> None:
    (tmp_path / "hold").touch()
    with worker_program(url, "asleep", tmp_path) as asleep:
        async with submitting(url) as jobs:
            await jobs.submit([analysis("one")])
            await until(lambda: examined(tmp_path, "asleep") == 1)
            asleep.send_signal(signal.SIGSTOP)
            with worker_program(url, "awake", tmp_path):
                await until(lambda: examined(tmp_path, "awake") == 1)
                asleep.send_signal(signal.SIGCONT)
                await until(lambda: "asleep stopped one" in notes(tmp_path))
                (tmp_path / "hold").unlink()
                await until(lambda: judged(tmp_path) == Counter(["one"]))


async def test_two_workers_under_one_name_do_not_take_their_work_from_each_other_again_and_again(
    url: str, tmp_path: Path
) -> None:
    (tmp_path / "hold").touch()
    with worker_program(url, "twin", tmp_path), worker_program(url, "twin", tmp_path):
        async with submitting(url) as jobs:
            await jobs.submit([analysis("one")])
            await until(lambda: examined(tmp_path, "twin") > 0)
            # Several times as long as it takes until a job that nobody has in hand is given back.
            await asyncio.sleep(5.0)
            assert examined(tmp_path, "twin") <= 2
            (tmp_path / "hold").unlink()
            await until(lambda: "one" in judged(tmp_path))


async def test_work_in_another_process_is_stopped_within_a_second(url: str, tmp_path: Path) -> None:
    (tmp_path / "hold").touch()
    with worker_program(url, "far", tmp_path):
        async with submitting(url) as jobs:
            await jobs.submit([analysis("cancelled", turn="a"), analysis("deleted", turn="b")])
            await until(lambda: len(notes(tmp_path)) == 2)
            began_s = time.monotonic()
            await jobs.cancel(["analysis-cancelled"])
            assert time.monotonic() - began_s < 0.2
            assert await jobs.forget(["analysis-deleted"])
            await until(lambda: len(notes(tmp_path)) == 4)
            assert time.monotonic() - began_s < 1.0
    assert sorted(notes(tmp_path)[2:]) == ["far stopped cancelled", "far stopped deleted"]


async def test_a_worker_that_stops_in_order_leaves_its_jobs_to_others_at_once(url: str, tmp_path: Path) -> None:
    (tmp_path / "hold").touch()
    async with submitting(url) as jobs:
        await jobs.submit([analysis("one")])
        with worker_program(url, "leaving", tmp_path) as leaving:
            await until(lambda: examined(tmp_path, "leaving") == 1)
            leaving.send_signal(signal.SIGTERM)
            await until(lambda: leaving.poll() is not None)
        assert (await jobs.waiting("token")).together == 1
        ledger = await Ledger.open(url)
        assert (await ledger.beat("witness")).beats == {"witness": 1}
        await ledger.close()


async def test_jobs_survive_the_death_of_postgresql(postgres: Postgres, postgres_url: str, tmp_path: Path) -> None:
    (tmp_path / "hold").touch()
    with worker_program(postgres_url, "patient", tmp_path):
        async with submitting(postgres_url) as jobs:
            await jobs.submit([analysis(f"a{count}", turn=f"t{count}") for count in range(6)])
            await until(lambda: len(notes(tmp_path)) == 4)
            postgres.kill()
            (tmp_path / "hold").unlink()
            postgres.start()
            await until(lambda: len(judged(tmp_path)) == 6)
    assert judged(tmp_path) == Counter(f"a{count}" for count in range(6))
