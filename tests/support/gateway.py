"""A whole gateway on port 0 with fake detectors, a fake prober and a clock that tests move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
from google.api import httpbody_pb2
from google.longrunning import operations_pb2, operations_pb2_grpc
from google.protobuf.duration_pb2 import Duration

from gateway.backends.av_sync import AvSyncBackend
from gateway.backends.basis import BasisAsked
from gateway.backends.fusion import FusionBackend
from gateway.backends.image import ImageBackend
from gateway.backends.metadata import MetadataBackend
from gateway.backends.temporal import TemporalBackend
from gateway.compose import Gateway, compose
from gateway.door.counters import counting
from gateway.door.tokens import Scope
from gateway.jobs.engine import Engine
from gateway.making.detect import Detector
from gateway.making.plan import AV_SYNC, IMAGE, METADATA, TEMPORAL
from gateway.notify.destinations import Destination
from gateway.notify.postman import Answer
from gateway.scanning.scanner import NoScanner, Scanner
from gateway.settings import GatewaySettings
from gateway.storage.blobs import BlobStore, open_blobs
from gateway.storage.database import open_database
from gateway.surroundings import Outside, recording
from kit.errors import MediaTypeMismatch, TelltaleError, UndecodableMedia
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.probe import Look
from kit.rpc.aio_server import start_aio
from kit.rpc.channel import open_aio_channel
from kit.rpc.status import from_rpc_error
from kit.sealing.keys import SigningKey
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import (
    analysis_service_pb2,
    analysis_service_pb2_grpc,
    feedback_service_pb2_grpc,
    key_service_pb2_grpc,
    media_service_pb2,
    media_service_pb2_grpc,
    operation_service_pb2,
    operation_service_pb2_grpc,
    resources_pb2,
    share_service_pb2_grpc,
    web_service_pb2_grpc,
)
from tests.support.clock import FakeClock
from tests.support.fake_detectors import Backends, fake_backends
from tests.support.fake_engine import FakeEngine
from tests.support.fake_eye import FakeEye

PHOTO, VIDEO, SOUND, BROKEN = b"PHOTO of something", b"VIDEO of something", b"SOUND of something", b"BROKEN file"
LOOKS = b" looks "
Headers = Sequence[tuple[str, str]]


def fake_probe(_: CancelToken, media: MediaFile, claimed_mime_type: str | None) -> Look:
    """Knows media by their first word, what they look like by what follows LOOKS (16 digits), and what else is claimed."""
    info = media_pb2.MediaInfo(size_bytes=media.size_bytes, sha256=media.sha256, width_px=64, height_px=48)
    if media.head(6) == BROKEN[:6]:
        raise UndecodableMedia("nothing could be read; send another file")
    if media.head(5) == VIDEO[:5]:
        info.kind, info.mime_type = media_pb2.MEDIA_KIND_VIDEO, "video/mp4"
    elif media.head(5) == SOUND[:5]:
        info.kind, info.mime_type = media_pb2.MEDIA_KIND_AUDIO, "audio/mpeg"
    else:
        info.kind, info.mime_type = media_pb2.MEDIA_KIND_IMAGE, "image/jpeg"
    if claimed_mime_type not in (None, info.mime_type):
        raise MediaTypeMismatch("the type is not the claimed one; send the true type", claimed=str(claimed_mime_type))
    _, _, looks = media.head(200).partition(LOOKS)
    return Look(info, int(looks[:16], 16) if looks else None)


@dataclass
class World:
    """A running gateway as a test sees it. `headers` are those of the first token."""

    backends: Backends
    gateway: Gateway
    blobs: BlobStore
    clock: FakeClock
    port: int
    media: media_service_pb2_grpc.MediaServiceStub
    analysis: analysis_service_pb2_grpc.AnalysisServiceStub
    web: web_service_pb2_grpc.WebServiceStub
    shares: share_service_pb2_grpc.ShareServiceStub
    feedback: feedback_service_pb2_grpc.FeedbackServiceStub
    keys: key_service_pb2_grpc.KeyServiceStub
    operations: operations_pb2_grpc.OperationsStub
    waiting: operation_service_pb2_grpc.OperationServiceStub
    engine: FakeEngine
    sender: FakeSender
    headers: Headers = ()

    async def headers_for(self, *scopes: Scope, owner: str = "alice", lifetime: timedelta | None = None) -> Headers:
        made = await self.gateway.tokens.create(owner, scopes or (Scope.ANALYZE, Scope.READ), lifetime=lifetime)
        return bearer(made.secret)

    async def upload(self, data: bytes = PHOTO, headers: Headers | None = None, **first: Any) -> resources_pb2.Media:
        requests = pieces(media_service_pb2.UploadMediaRequest, data, **first)
        media: resources_pb2.Media = await self.media.UploadMedia(
            requests, metadata=self.headers if headers is None else headers
        )
        return media

    async def analyze(
        self, data: bytes = PHOTO, headers: Headers | None = None, **first: Any
    ) -> list[resources_pb2.Analysis]:
        requests = pieces(analysis_service_pb2.AnalyzeMediaRequest, data, **first)
        call = self.analysis.AnalyzeMedia(requests, metadata=self.headers if headers is None else headers)
        return [answer async for answer in call]

    async def wait(self, analysis_name: str, timeout_s: int = 10) -> resources_pb2.Analysis:
        """The analysis when it has ended."""
        name = analysis_name.replace("analyses", "operations")
        request = operation_service_pb2.WaitOperationRequest(name=name, timeout=Duration(seconds=timeout_s))
        operation = await self.waiting.WaitOperation(request, metadata=self.headers)
        assert operation.done, "it did not end in time"
        wanted = analysis_service_pb2.GetAnalysisRequest(name=analysis_name)
        analysis: resources_pb2.Analysis = await self.analysis.GetAnalysis(wanted, metadata=self.headers)
        return analysis

    async def cancel_newest(self) -> None:
        """Cancels what was ordered last."""
        wanted = operations_pb2.ListOperationsRequest(name="operations", page_size=1)
        [newest] = (await self.operations.ListOperations(wanted, metadata=self.headers)).operations
        request = operations_pb2.CancelOperationRequest(name=newest.name)
        await self.operations.CancelOperation(request, metadata=self.headers)

    async def create(self, media: str, **more: Any) -> operations_pb2.Operation:
        """Has a stored file judged."""
        request = analysis_service_pb2.CreateAnalysisRequest(media=media, **more)
        operation: operations_pb2.Operation = await self.analysis.CreateAnalysis(request, metadata=self.headers)
        return operation

    async def analyze_stored(self, name: str, request_id: str = "", **more: Any) -> list[resources_pb2.Analysis]:
        request = analysis_service_pb2.AnalyzeStoredMediaRequest(name=name, request_id=request_id, **more)
        return [answer async for answer in self.analysis.AnalyzeStoredMedia(request, metadata=self.headers)]


def bearer(secret: str) -> Headers:
    return [("authorization", f"Bearer {secret}")]


def pieces(
    request_type: Callable[..., Any], data: bytes, *, content_type: str = "", size: int = 2**20, **first: Any
) -> Iterator[Any]:
    """An upload as Envoy sends it: facts in the first message alone.

    One piece where a call may be refused early: grpc.aio's client reports INTERNAL when a write meets a call that the
    server has ended (grpc issue 36066).
    """
    for offset in range(0, max(len(data), 1), size):
        body = httpbody_pb2.HttpBody(
            content_type=content_type if offset == 0 else "", data=data[offset : offset + size]
        )
        yield request_type(file=body, **(first if offset == 0 else {}))


async def refusal(call: Any) -> TelltaleError:
    """The typed error of a call that must fail."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return from_rpc_error(error)
    raise AssertionError("the call succeeded")


class FakeSender:
    """Notes who is told what.

    Attributes:
        told: set when somebody was.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, str], bytes]] = []
        self.told = asyncio.Event()

    async def post(self, destination: Destination, headers: dict[str, str], body: bytes) -> Answer:
        self.sent.append((destination.url, headers, body))
        self.told.set()
        return Answer(204, "")


@asynccontextmanager
async def running_gateway(
    folder: Path,
    blobs: BlobStore | None = None,
    scanner: Scanner | None = None,
    new_engine: Callable[[GatewaySettings], Engine] | None = None,
    **settings: Any,
) -> AsyncIterator[World]:
    """A gateway with its state in `folder`, and whatever settings a test wants to differ.

    Jobs are done by `World.engine`, a fake, unless `new_engine` makes another one.
    """
    # Detectors that are away in tests do not come back, unless a test says so.
    chosen = GatewaySettings(port=0, drain_s=0, state_dir=folder, **{"detector_pauses_s": (), **settings})
    clock = FakeClock()
    kept = blobs or open_blobs(chosen.media_store(), chosen.media_quota_bytes, clock)
    async with AsyncExitStack() as stack:
        backends = await stack.enter_async_context(fake_backends())
        database = await stack.enter_async_context(open_database(chosen.database()))
        places = [f"127.0.0.1:{server.port}" for server in backends.servers]
        image, temporal, av_sync, metadata, fusion = [
            (await stack.enter_async_context(open_aio_channel(place)), place) for place in places
        ]
        detectors: dict[str, Detector] = {
            IMAGE: ImageBackend(*image),
            TEMPORAL: TemporalBackend(*temporal),
            AV_SYNC: AvSyncBackend(*av_sync),
            METADATA: MetadataBackend(*metadata),
        }
        key = SigningKey.load_or_create(chosen.signing_key_file())
        fake, sender = FakeEngine(chosen.max_analyses), FakeSender()
        engine = new_engine(chosen) if new_engine else fake
        copies = chosen.contributions_url
        outside = Outside(
            fake_probe,
            scanner or NoScanner(),
            detectors,
            {
                IMAGE: BasisAsked(*image),
                TEMPORAL: BasisAsked(*temporal),
                AV_SYNC: BasisAsked(*av_sync),
                METADATA: BasisAsked(*metadata),
            },
            FusionBackend(*fusion),
            kept,
            clock,
            FakeEye(),
            key,
            engine,
            sender,
            await stack.enter_async_context(counting(chosen.rate_storage_url)),
            open_blobs(copies, chosen.contributions_quota_bytes, clock) if copies else None,
            await stack.enter_async_context(recording(chosen, clock)),
        )
        gateway = await compose(chosen, outside, database)
        stack.push_async_callback(gateway.gate.until_empty, 5.0)
        await stack.enter_async_context(engine.running(gateway.workbench))
        server = await start_aio(chosen, gateway.services)
        stack.push_async_callback(server.stop)
        channel = await stack.enter_async_context(open_aio_channel(f"127.0.0.1:{server.port}"))
        world = World(
            backends,
            gateway,
            kept,
            clock,
            server.port,
            media_service_pb2_grpc.MediaServiceStub(channel),  # type: ignore[no-untyped-call]  # generated
            analysis_service_pb2_grpc.AnalysisServiceStub(channel),  # type: ignore[no-untyped-call]  # generated
            web_service_pb2_grpc.WebServiceStub(channel),  # type: ignore[no-untyped-call]  # generated
            share_service_pb2_grpc.ShareServiceStub(channel),  # type: ignore[no-untyped-call]  # generated
            feedback_service_pb2_grpc.FeedbackServiceStub(channel),  # type: ignore[no-untyped-call]  # generated
            key_service_pb2_grpc.KeyServiceStub(channel),  # type: ignore[no-untyped-call]  # generated
            operations_pb2_grpc.OperationsStub(channel),
            operation_service_pb2_grpc.OperationServiceStub(channel),  # type: ignore[no-untyped-call]  # generated
            fake,
            sender,
        )
        world.headers = await world.headers_for()
        yield world
