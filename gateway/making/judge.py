"""Has evidence fused, and does not give up at the first failure: fusion is pure, so asking again is safe."""

from __future__ import annotations

import asyncio
from typing import Protocol

from kit.errors import DeadlineExceeded, DetectorUnavailable, Overloaded
from kit.log import get_logger
from telltale.fusion.v1 import fusion_service_pb2, verdict_pb2

FIRST_PAUSE_S = 0.1


class Fusion(Protocol):
    """The fusion service, wherever it runs."""

    async def fuse(self, request: fusion_service_pb2.FuseRequest, budget_s: float) -> verdict_pb2.Verdict:
        """The verdict. Raises TelltaleError."""
        ...


class Judge:
    """Turns evidence into a verdict within a time budget."""

    def __init__(self, fusion: Fusion, budget_s: float) -> None:
        self._fusion = fusion
        self._budget_s = budget_s

    async def judge(self, request: fusion_service_pb2.FuseRequest) -> verdict_pb2.Verdict:
        """The verdict. Raises DetectorUnavailable when fusion did not answer within the budget."""
        try:
            async with asyncio.timeout(self._budget_s):
                return await self._insist(request)
        except (TimeoutError, DeadlineExceeded) as error:
            raise DetectorUnavailable(
                "fusion does not answer, so there is no verdict yet; nothing is lost: ask again in a moment",
                retry_after_s=2.0,
            ) from error

    async def _insist(self, request: fusion_service_pb2.FuseRequest) -> verdict_pb2.Verdict:
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                return await self._fusion.fuse(request, self._budget_s)
            except (DetectorUnavailable, Overloaded) as error:
                get_logger().warning("fusion did not answer; asking again", problem=error.message, pause_s=pause_s)
            await asyncio.sleep(pause_s)
            pause_s *= 2
