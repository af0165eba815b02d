"""A slice of `make chaos`: a few analyses, a few kills."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.run import Wish, run
from tests.support.postgres import MISSING, postgres_programs


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
async def test_nothing_is_lost_and_nothing_doubled_when_processes_are_killed(store: str, tmp_path: Path) -> None:
    if store == "postgres" and postgres_programs() is None:
        pytest.skip(MISSING)
    report = await run(Wish(store, seed=4, analyses=6, clients=6, every_s=0.5, most_kills=3), tmp_path)
    assert report.kills
    assert {rule: wrong for rule, wrong in report.problems.items() if wrong} == {}
