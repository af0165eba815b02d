"""Judges what must not be kept: in memory, while its sender waits, and nothing of it is left afterwards."""

from __future__ import annotations

from gateway.intake.ingest import Upload
from gateway.intake.registrar import Registrar
from gateway.making.case import Case, Publish
from gateway.making.detect import Detection
from gateway.making.judge import Judge
from gateway.making.notes import NoNotes
from gateway.orders.places import Slots
from gateway.predictions.statistics import Statistics
from gateway.storage.times import to_timestamp
from kit.clock import Clock
from telltale.gateway.v1 import resources_pb2


class Unkept:
    """Judges uploads without a trace: no row, no file, no job. When the caller goes away, so does the work."""

    def __init__(
        self,
        registrar: Registrar,
        detection: Detection,
        judge: Judge,
        places: Slots,
        clock: Clock,
        statistics: Statistics,
    ) -> None:
        self._registrar = registrar
        self._detection = detection
        self._judge = judge
        self._places = places
        self._clock = clock
        self._statistics = statistics

    async def judge(self, upload: Upload, publish: Publish) -> resources_pb2.Analysis:
        """The analysis, without a name. Raises Overloaded, DetectorUnavailable (no fusion), and as `Registrar.inspect` does."""
        async with self._places.place():
            inspected = await self._registrar.inspect(upload)
            analysis = resources_pb2.Analysis(
                info=inspected.info,
                display_name=upload.display_name,
                state=resources_pb2.ANALYSIS_STATE_RUNNING,
                create_time=to_timestamp(self._clock.now()),
                depth=upload.depth,
                priority=resources_pb2.PRIORITY_INTERACTIVE,
                retention=resources_pb2.RETENTION_NONE,
            )
            case = Case(analysis, publish, self._clock)
            evidence = await self._detection.run(case, upload.media, NoNotes())
            evidence.language = upload.language
            case.show_evidence(evidence)
            case.conclude(await self._judge.judge(evidence))
            analysis.complete_time.CopyFrom(to_timestamp(self._clock.now()))
        self._statistics.hear(analysis)
        return analysis
