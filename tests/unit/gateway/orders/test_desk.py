"""Orders that meet others about the same analysis."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from gateway.jobs.engine import Job
from gateway.orders.archive import Archive
from gateway.orders.bulletin import Bulletin
from gateway.orders.desk import Desk
from gateway.orders.order import Order
from gateway.orders.places import Locks
from gateway.storage.records import NewAnalysis, RequestIdTaken, Terms
from gateway.storage.times import to_timestamp
from kit.errors import Overloaded
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.clock import FakeClock

MEDIA_ID, ANALYSIS_ID, JOB_ID = "m" * 26, "a" * 26, "analysis-" + "a" * 26
ORDER = Order("token", "", media_pb2.DEPTH_STANDARD, "")
FAILED, CANCELLED = resources_pb2.ANALYSIS_STATE_FAILED, resources_pb2.ANALYSIS_STATE_CANCELLED


class Rows:
    """One analysis. Readers see it as it was at the beginning; of those who revive it the first one is right."""

    def __init__(self, state: resources_pb2.AnalysisState.ValueType) -> None:
        self.analysis = resources_pb2.Analysis(name=f"analyses/{ANALYSIS_ID}", state=state)
        self.analysis.depth, self.analysis.deadline.seconds = media_pb2.DEPTH_STANDARD, 1
        self.revived: list[tuple[resources_pb2.Analysis, Terms]] = []

    async def get(self, owner: str, analysis_id: str) -> resources_pb2.Analysis:
        return self.analysis

    async def unjudged(self, owner: str, media_id: str) -> list[resources_pb2.Analysis]:
        return [self.analysis]

    async def claimed(self, owner: str, claim: object) -> None:
        return None

    async def add(self, owner: str, analyses: list[NewAnalysis]) -> None:
        raise RequestIdTaken

    async def revive(self, analysis: resources_pb2.Analysis, terms: Terms) -> bool:
        self.revived.append((analysis, terms))
        return len(self.revived) == 1


class Vault:
    async def get(self, owner: str, media_id: str) -> resources_pb2.Media:
        return resources_pb2.Media(name=f"media/{media_id}")


class Jobs:
    """Engine that only remembers which jobs there are, and which were cancelled."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.cancelled: list[str] = []

    async def submit(self, jobs: list[Job]) -> None:
        self.known |= {job.job_id for job in jobs}

    async def forget(self, job_ids: list[str]) -> bool:
        self.known -= set(job_ids)
        return True

    async def cancel(self, job_ids: list[str]) -> None:
        self.cancelled += job_ids


def desk(rows: Rows, jobs: Jobs) -> Desk:
    vault, nobody = cast(Any, Vault()), cast(Any, None)
    archive = Archive(cast(Any, rows), FakeClock())
    return Desk(nobody, vault, archive, cast(Any, rows), cast(Any, jobs), nobody, Bulletin(), Locks(), 1.0, 10)


async def test_who_comes_second_to_what_failed_leaves_the_job_of_the_first_alone() -> None:
    rows, jobs = Rows(FAILED), Jobs()
    for _ in range(2):
        await desk(rows, jobs).take("alice", MEDIA_ID, ORDER)
    assert (len(rows.revived), jobs.known) == (2, {JOB_ID})


async def test_what_failed_is_tried_again_on_new_terms() -> None:
    rows = Rows(FAILED)
    within = timedelta(minutes=5)
    await desk(rows, Jobs()).take("alice", MEDIA_ID, replace(ORDER, wanted_within=within))
    [(analysis, terms)] = rows.revived
    assert terms.deadline == FakeClock().now() + within
    assert analysis.deadline == to_timestamp(FakeClock().now() + within)


async def test_work_on_what_was_cancelled_is_stopped_when_it_is_cancelled_again() -> None:
    jobs = Jobs()
    await desk(Rows(CANCELLED), jobs).cancel("alice", ANALYSIS_ID)
    await desk(Rows(FAILED), jobs).cancel("alice", ANALYSIS_ID)
    assert jobs.cancelled == [JOB_ID]


async def test_a_key_that_was_taken_and_is_gone_is_no_fault_of_the_caller() -> None:
    order = replace(ORDER, request_id="00000000-0000-0000-0000-000000000001")
    with pytest.raises(Overloaded):
        await desk(Rows(FAILED), Jobs()).take("alice", MEDIA_ID, order)
