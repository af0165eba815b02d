"""Asking fusion, and asking again."""

from __future__ import annotations

import pytest

from gateway.making.judge import Judge
from kit.errors import DetectorUnavailable, InvalidRequest, TelltaleError
from telltale.fusion.v1 import fusion_service_pb2, verdict_pb2


class Fusion:
    """Fails as often as there are errors, then answers."""

    def __init__(self, *errors: TelltaleError) -> None:
        self._errors = list(errors)
        self.asked = 0

    async def fuse(self, _request: fusion_service_pb2.FuseRequest, _budget_s: float) -> verdict_pb2.Verdict:
        self.asked += 1
        if self._errors:
            raise self._errors.pop(0)
        return verdict_pb2.Verdict(risk_score=1.0)


REQUEST = fusion_service_pb2.FuseRequest()


async def test_a_failure_is_not_the_end() -> None:
    fusion = Fusion(DetectorUnavailable("dead"))
    assert (await Judge(fusion, 5).judge(REQUEST)).risk_score == 1.0
    assert fusion.asked == 2


async def test_within_the_budget_it_ends() -> None:
    with pytest.raises(DetectorUnavailable, match="nothing is lost"):
        await Judge(Fusion(*[DetectorUnavailable("dead")] * 9), 0.15).judge(REQUEST)


async def test_a_request_that_fusion_refuses_is_not_sent_again() -> None:
    fusion = Fusion(InvalidRequest("bad evidence"))
    with pytest.raises(InvalidRequest):
        await Judge(fusion, 5).judge(REQUEST)
    assert fusion.asked == 1
