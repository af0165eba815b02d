from __future__ import annotations

from pathlib import Path

import pytest

from gateway.jobs.build import worker_name
from gateway.settings import GatewaySettings


def test_two_processes_on_one_machine_have_different_names() -> None:
    one = GatewaySettings(port=50051)
    names = {
        worker_name(one, "gateway"),
        worker_name(one, "worker"),
        worker_name(GatewaySettings(port=50052), "worker"),
    }
    assert len(names) == 3


def test_a_process_has_the_same_name_after_a_restart() -> None:
    assert worker_name(GatewaySettings(port=50051), "worker") == worker_name(GatewaySettings(port=50051), "worker")


def test_a_name_that_is_given_is_the_name() -> None:
    assert worker_name(GatewaySettings(worker_name="left"), "worker") == "left"


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "sqlite:////state/jobs.db"),
        ({"database_url": "postgresql+psycopg://db/telltale"}, "postgresql+psycopg://db/telltale"),
        ({"database_url": "sqlite+aiosqlite:////other/telltale.db"}, "sqlite:////state/jobs.db"),
        ({"database_url": "postgresql://db/telltale", "jobs_url": "postgresql://db/jobs"}, "postgresql://db/jobs"),
    ],
)
def test_jobs_are_where_the_rest_is_unless_told_otherwise(given: dict[str, str], url: str) -> None:
    assert GatewaySettings(state_dir=Path("/state"), **given).jobs() == url
