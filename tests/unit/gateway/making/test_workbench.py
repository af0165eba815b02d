"""Steps that meet what should not be: they fail where trying again may help, and never end without having ended anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest

from gateway.making.workbench import Tools, Workbench
from gateway.orders.bulletin import Bulletin
from gateway.storage.records import Commission, Terms
from kit.errors import NotFound, StorageUnavailable, TelltaleError
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.clock import FakeClock

ANALYSIS_ID, MEDIA = "a" * 26, "media/" + "m" * 26


class Rows:
    """One analysis that has not ended, with this evidence."""

    def __init__(self, evidence: fusion_service_pb2.FuseRequest | None = None) -> None:
        self._evidence = evidence

    async def take_up(self, analysis_id: str) -> Commission:
        analysis = resources_pb2.Analysis(name=f"analyses/{analysis_id}", media=MEDIA)
        analysis.info.kind = media_pb2.MEDIA_KIND_IMAGE
        return Commission("alice", analysis, Terms(deadline=FakeClock().now() + timedelta(minutes=5)))

    async def evidence(self, analysis_id: str) -> fusion_service_pb2.FuseRequest | None:
        return self._evidence


class Failing:
    """Raises the same error whoever asks: a table of media, or fusion."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def get(self, owner: str, media_id: str) -> resources_pb2.Media:
        raise self._error

    async def judge(self, request: fusion_service_pb2.FuseRequest) -> None:
        raise self._error


class Endings:
    def __init__(self) -> None:
        self.failed: list[TelltaleError] = []

    async def fail(self, commission: Commission, error: TelltaleError) -> bool:
        self.failed.append(error)
        return True


def workbench(rows: Rows, failing: Failing, endings: Endings) -> Workbench:
    one, other, nobody = cast(Any, rows), cast(Any, failing), cast(Any, None)
    tools = Tools(one, other, nobody, nobody, other, cast(Any, endings), Bulletin(), nobody, FakeClock())
    return Workbench(tools)


async def test_a_file_that_is_gone_while_the_analysis_stays_is_looked_for_again() -> None:
    endings = Endings()
    with pytest.raises(StorageUnavailable, match=MEDIA):
        await workbench(Rows(), Failing(NotFound("gone")), endings).examine(ANALYSIS_ID)
    assert endings.failed == []


async def test_evidence_that_is_gone_while_the_analysis_stays_is_looked_for_again() -> None:
    endings = Endings()
    with pytest.raises(StorageUnavailable, match=ANALYSIS_ID):
        await workbench(Rows(), Failing(AssertionError("nobody is asked")), endings).judge(ANALYSIS_ID)
    assert endings.failed == []


async def test_a_connection_that_takes_too_long_is_not_taken_for_the_deadline() -> None:
    rows, endings = Rows(fusion_service_pb2.FuseRequest()), Endings()
    with pytest.raises(TimeoutError):
        await workbench(rows, Failing(TimeoutError("of a socket")), endings).judge(ANALYSIS_ID)
    assert endings.failed == []
