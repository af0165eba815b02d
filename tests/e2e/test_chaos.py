"""A slice of `make chaos`: a few analyses, a few kills."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.run import Wish, run
from tests.support.postgres import postgres_programs

# Two gateways and two workers where there is a PostgreSQL; otherwise what one machine has.
STORE = "postgres" if postgres_programs() else "sqlite"


async def test_nothing_is_lost_and_nothing_doubled_when_processes_are_killed(tmp_path: Path) -> None:
    report = await run(Wish(STORE, seed=4, analyses=6, clients=6, every_s=0.5, most_kills=3), tmp_path)
    assert report.kills
    assert {rule: wrong for rule, wrong in report.problems.items() if wrong} == {}
