"""Detectors and fusion on real ports that do what a test tells them: answer, hang, break off, refuse."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.duration_pb2 import Duration

from gateway.making.plan import METADATA, asked_about
from kit.convert.evidence import abstention, finding
from kit.rpc.aio_server import AioServiceBinding, RunningAioServer, start_aio
from kit.settings import ServerSettings
from telltale.av_sync.v1 import av_sync_service_pb2, av_sync_service_pb2_grpc
from telltale.common.v1 import evidence_pb2, faces_pb2, media_pb2
from telltale.fusion.v1 import fusion_service_pb2, fusion_service_pb2_grpc, verdict_pb2
from telltale.image.v1 import image_service_pb2, image_service_pb2_grpc
from telltale.metadata.v1 import facts_pb2, metadata_service_pb2, metadata_service_pb2_grpc
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc
from telltale.temporal.v1 import temporal_service_pb2, temporal_service_pb2_grpc
from tests.support.fake_av_sync import FakeAvSync
from tests.support.fake_service import Fake, FakeModels

IMAGE_CUES = ("face_spatial", "frequency", "noise_residual", "whole_picture")
TEMPORAL_CUES = ("face_motion", "flow_consistency", "face_drift", "blending_flicker")


def planned_cues(kind: media_pb2.MediaKind.ValueType, detector: str = "") -> set[str]:
    """The tests that the gateway asks about one kind of media: all of them, or those of one detector."""
    asked = (assignment for assignment in asked_about(kind) if detector in ("", assignment.detector))
    return {cue for assignment in asked for cue in assignment.cues}


class FakeImage(Fake):
    """Answers stills and videos alike, but tells progress and what it examined of videos alone.

    Attributes:
        tracks_too: cleared: the call hangs before its face tracks.
        shares: how far it says to be, one message each.
        depths: of every call.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tracks_too = asyncio.Event()
        self.tracks_too.set()
        self.shares = [0.25, 0.5]
        self.depths: list[media_pb2.Depth.ValueType] = []

    async def AnalyzeImage(
        self, requests: AsyncIterator[Any], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[image_service_pb2.AnalyzeImageResponse]:
        await self.begin(context)
        header, *rest = [request async for request in requests]
        self.received.append(b"".join(request.chunk for request in rest))
        self.depths.append(header.header.depth)
        is_video = header.header.media.kind == media_pb2.MEDIA_KIND_VIDEO
        await self.tracks_too.wait()
        yield image_service_pb2.AnalyzeImageResponse(tracks=face_tracks(is_video))
        for share in self.shares if is_video else ():
            yield image_service_pb2.AnalyzeImageResponse(progress=media_pb2.Progress(done_share=share))
        shown = evidence_pb2.EvidenceMap(width=2, height=2, values=bytes([0, 64, 128, 255]))
        yield _answer(finding("noise_residual", 1.5, 0.9, "noise_uneven", {}, map=shown))
        await self.middle(context)
        yield _answer(finding("face_spatial", 2.0, 1.0, "face_texture_synthetic", {"faces": "1"}))
        yield _answer(finding("frequency", -0.5, 0.8, "spectrum_natural", {}))
        yield _answer(finding("whole_picture", -0.25, 0.8, "whole_natural", {}))


def face_tracks(is_video: bool) -> image_service_pb2.FaceTracks:
    """One face; in a video the first four seconds are what was looked at."""
    box = faces_pb2.NormalizedBox(x_min=0.25, y_min=0.25, x_max=0.5, y_max=0.5)
    track = faces_pb2.FaceTrack(observations=[faces_pb2.FaceObservation(box=box, width_px=16)])
    tracks = image_service_pb2.FaceTracks(tracks=[track])
    if is_video:
        tracks.examined.add(start=Duration(), end=Duration(seconds=4))
    return tracks


class FakeTemporal(Fake):
    """Notes the tracks that it was given; None where there were none."""

    def __init__(self) -> None:
        super().__init__()
        self.tracks: list[image_service_pb2.FaceTracks | None] = []
        self.depths: list[media_pb2.Depth.ValueType] = []

    async def AnalyzeVideo(
        self, requests: AsyncIterator[Any], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[temporal_service_pb2.AnalyzeVideoResponse]:
        await self.begin(context)
        header, *rest = [request async for request in requests]
        self.depths.append(header.header.depth)
        self.tracks.append(next((request.tracks for request in rest if request.HasField("tracks")), None))
        self.received.append(b"".join(request.chunk for request in rest))
        span = evidence_pb2.TimeSpan(start=Duration(), end=Duration(seconds=1), log_likelihood_ratio=1.0, track_id=0)
        yield _moved(finding("face_motion", 1.0, 1.0, "motion_synthetic", {}, spans=[span]))
        await self.middle(context)
        for cue in TEMPORAL_CUES[1:]:
            yield _moved(finding(cue, 0.5, 0.5, "some_reason", {}, spans=[span]))


class FakeMetadata(Fake):
    async def AnalyzeMetadata(
        self, requests: AsyncIterator[Any], context: grpc.aio.ServicerContext
    ) -> metadata_service_pb2.AnalyzeMetadataResponse:
        await self.begin(context)
        header, *rest = [request async for request in requests]
        self.received.append(b"".join(request.chunk for request in rest))
        await self.middle(context)
        nothing = evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ
        silent = planned_cues(header.header.media.kind, METADATA) - {"software_traces"}
        evidence = [abstention(cue, nothing, {}) for cue in sorted(silent)]
        evidence.append(finding("software_traces", 0.25, 1.0, "no_known_software", {}))
        facts = facts_pb2.MetadataFacts(tags=[facts_pb2.MetadataTag(group="EXIF", name="Model", value="X")])
        return metadata_service_pb2.AnalyzeMetadataResponse(evidence=evidence, facts=facts)


class FakeFusion(Fake):
    def __init__(self) -> None:
        super().__init__()
        self.requests: list[fusion_service_pb2.FuseRequest] = []

    async def Fuse(
        self, request: fusion_service_pb2.FuseRequest, context: grpc.aio.ServicerContext
    ) -> fusion_service_pb2.FuseResponse:
        self.requests.append(request)
        await self.middle(context)
        return fusion_service_pb2.FuseResponse(verdict=_verdict(request))


def _verdict(request: fusion_service_pb2.FuseRequest) -> verdict_pb2.Verdict:
    verdict = verdict_pb2.Verdict(label=verdict_pb2.LABEL_SUSPICIOUS, risk_score=73.1)
    for piece in request.evidence:
        if piece.HasField("finding"):
            ratio, quality = piece.finding.log_likelihood_ratio, piece.finding.quality
            verdict.contributions.add(
                cue=piece.cue, log_odds=ratio * quality, log_likelihood_ratio=ratio, quality=quality
            )
        else:
            verdict.abstentions.add(cue=piece.cue, abstention=piece.abstention)
    if len(verdict.contributions) < 2:
        verdict.label = verdict_pb2.LABEL_INCONCLUSIVE
    return verdict


def _answer(evidence: evidence_pb2.Evidence) -> image_service_pb2.AnalyzeImageResponse:
    return image_service_pb2.AnalyzeImageResponse(evidence=evidence)


def _moved(evidence: evidence_pb2.Evidence) -> temporal_service_pb2.AnalyzeVideoResponse:
    return temporal_service_pb2.AnalyzeVideoResponse(evidence=evidence)


@dataclass(frozen=True)
class Backends:
    """The five fakes and the servers they run on."""

    image: FakeImage
    temporal: FakeTemporal
    av_sync: FakeAvSync
    metadata: FakeMetadata
    fusion: FakeFusion
    image_server: RunningAioServer
    temporal_server: RunningAioServer
    av_sync_server: RunningAioServer
    metadata_server: RunningAioServer
    fusion_server: RunningAioServer

    @property
    def servers(self) -> tuple[RunningAioServer, ...]:
        """Those of image, temporal, av_sync, metadata and fusion, in this order."""
        detectors = (self.image_server, self.temporal_server, self.av_sync_server, self.metadata_server)
        return (*detectors, self.fusion_server)


@asynccontextmanager
async def fake_backends() -> AsyncIterator[Backends]:
    image, temporal, av_sync, metadata, fusion = FakeImage(), FakeTemporal(), FakeAvSync(), FakeMetadata(), FakeFusion()
    bindings = (
        _binding(image_service_pb2, image_service_pb2_grpc, "ImageService", image),
        _binding(temporal_service_pb2, temporal_service_pb2_grpc, "TemporalService", temporal),
        _binding(av_sync_service_pb2, av_sync_service_pb2_grpc, "AvSyncService", av_sync),
        _binding(metadata_service_pb2, metadata_service_pb2_grpc, "MetadataService", metadata),
        _binding(fusion_service_pb2, fusion_service_pb2_grpc, "FusionService", fusion),
    )
    async with AsyncExitStack() as stack:
        servers = [
            await start_aio(ServerSettings(drain_s=0), [binding, _models(binding.servicer)]) for binding in bindings
        ]
        for server in servers:
            stack.push_async_callback(server.stop)
        yield Backends(image, temporal, av_sync, metadata, fusion, *servers)


def _binding(messages: Any, stubs: Any, name: str, fake: object) -> AioServiceBinding:
    return AioServiceBinding(
        messages.DESCRIPTOR.services_by_name[name], getattr(stubs, f"add_{name}Servicer_to_server"), fake
    )


def _models(fake: Any) -> AioServiceBinding:
    return _binding(model_service_pb2, model_service_pb2_grpc, "ModelService", FakeModels(fake))


@asynccontextmanager
async def separate_image_service() -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """A fake image_svc in a process of its own, to be killed; it hangs in the middle of every call. Yields its port."""
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.fake_detectors", cwd=root, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        yield process, int(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _hang() -> None:
    image = FakeImage()
    image.go_on.clear()
    binding = _binding(image_service_pb2, image_service_pb2_grpc, "ImageService", image)
    server = await start_aio(ServerSettings(drain_s=0), [binding])
    print(server.port, flush=True)  # noqa: T201 - how the parent learns of it
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_hang())
