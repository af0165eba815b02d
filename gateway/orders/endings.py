"""How analyses end: once, with an answer or with the reason why there is none, and whoever wants to know is told."""

from __future__ import annotations

from gateway.jobs.engine import Engine, Job
from gateway.metrics import ANALYSES
from gateway.orders.bulletin import Bulletin
from gateway.predictions.statistics import Statistics
from gateway.storage.records import Commission
from gateway.storage.times import to_timestamp
from gateway.storage.work_repository import WorkRepository
from kit.clock import Clock
from kit.errors import Cancelled, TelltaleError
from kit.log import get_logger
from kit.rpc.status import to_status
from telltale.gateway.v1 import resources_pb2


class Endings:
    """Ends analyses."""

    def __init__(
        self, rows: WorkRepository, engine: Engine, bulletin: Bulletin, clock: Clock, statistics: Statistics
    ) -> None:
        self._rows = rows
        self._engine = engine
        self._bulletin = bulletin
        self._clock = clock
        self._statistics = statistics

    async def succeed(self, commission: Commission) -> bool:
        """The analysis has its verdict. Whether it had not ended before."""
        commission.analysis.ClearField("error")
        ended = await self._end(commission, resources_pb2.ANALYSIS_STATE_SUCCEEDED)
        if ended:
            # Behind the row, which ends once: so nothing is heard twice, and a crash in between costs a line.
            self._statistics.hear(commission.analysis)
        return ended

    async def fail(self, commission: Commission, error: TelltaleError) -> bool:
        """There is no verdict, and why. Whether it had not ended before."""
        get_logger().warning("an analysis failed", analysis=commission.analysis.name, reason=error.reason_name())
        commission.analysis.error.CopyFrom(to_status(error))
        return await self._end(commission, resources_pb2.ANALYSIS_STATE_FAILED)

    async def cancel(self, commission: Commission) -> bool:
        """Its owner does not want it any more. Whether it had not ended before."""
        commission.analysis.error.CopyFrom(to_status(Cancelled("the analysis was cancelled; ask for a new one")))
        return await self._end(commission, resources_pb2.ANALYSIS_STATE_CANCELLED)

    async def _end(self, commission: Commission, state: resources_pb2.AnalysisState.ValueType) -> bool:
        analysis = commission.analysis
        analysis.state = state
        analysis.complete_time.CopyFrom(to_timestamp(self._clock.now()))
        ending = await self._rows.end(analysis)
        self._bulletin.changed(analysis.name)
        if ending.done:
            ANALYSES.add(state=resources_pb2.AnalysisState.Name(state).removeprefix("ANALYSIS_STATE_"))
        if ending.notification_id:
            turn = commission.terms.token_id or commission.owner
            await self._engine.submit([Job("notification", ending.notification_id, turn, priority=1)])
        return ending.done
