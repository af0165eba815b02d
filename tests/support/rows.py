"""Rows of media and analyses, made without a gateway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.ids import analysis_name, media_name, new_id
from gateway.keeping.storeroom import Storeroom
from gateway.storage.database import Database
from gateway.storage.records import Claim, NewAnalysis, Terms
from gateway.storage.sql_work import SqlWork
from gateway.storage.times import to_timestamp
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import fusion_service_pb2, verdict_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.clock import FakeClock

SHA256 = "5" * 64
EVIDENCE = fusion_service_pb2.FuseRequest(
    media=media_pb2.MediaInfo(sha256=SHA256),
    evidence=[evidence_pb2.Evidence(cue="noise_residual")],
)


@dataclass(frozen=True)
class World:
    database: Database
    store: Storeroom
    work: SqlWork
    folder: Path
    clock: FakeClock

    async def media(self, life: timedelta = timedelta(hours=1), claim: Claim | None = None) -> resources_pb2.Media:
        media = resources_pb2.Media(name=media_name(new_id(self.clock)), display_name="Große Reise.jpg")
        media.info.sha256, media.info.kind = SHA256, media_pb2.MEDIA_KIND_IMAGE
        media.expire_time.CopyFrom(to_timestamp(self.clock.now() + life))
        await self.store.media.add("alice", media, claim)
        return media

    async def analysis(self, media: resources_pb2.Media, claim: Claim | None = None) -> resources_pb2.Analysis:
        analysis = resources_pb2.Analysis(
            name=analysis_name(new_id(self.clock)),
            media=media.name,
            display_name=media.display_name,
            info=media.info,
            state=resources_pb2.ANALYSIS_STATE_QUEUED,
        )
        await self.store.analyses.add("alice", [NewAnalysis(analysis, Terms("token"), claim)])
        return analysis

    async def judged(self, media: resources_pb2.Media) -> resources_pb2.Analysis:
        analysis = await self.analysis(media)
        await self.work.examined(analysis, EVIDENCE)
        analysis.verdict.label = verdict_pb2.LABEL_MANIPULATED
        analysis.state = resources_pb2.ANALYSIS_STATE_SUCCEEDED
        await self.work.end(analysis)
        return analysis

    def evidence_files(self) -> list[str]:
        return [path.name for path in (self.folder / "media").iterdir()]
