"""The world around a gateway: detectors, stores, scanners, keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from limits.aio.storage import Storage

from gateway.backends.av_sync import AvSyncBackend
from gateway.backends.basis import BasisAsked
from gateway.backends.fusion import FusionBackend
from gateway.backends.image import ImageBackend
from gateway.backends.metadata import MetadataBackend
from gateway.backends.temporal import TemporalBackend
from gateway.door.counters import counting
from gateway.intake.registrar import Prober
from gateway.jobs.build import open_engine
from gateway.jobs.engine import Engine
from gateway.making.detect import Detector
from gateway.making.judge import Fusion
from gateway.making.plan import AV_SYNC, IMAGE, METADATA, TEMPORAL
from gateway.making.recall import Service
from gateway.notify.courier import Sender
from gateway.notify.postman import Postman, SystemResolver, tls_context
from gateway.predictions.recorder import Recorder
from gateway.report.eye import Eye, SandboxEye
from gateway.scanning.build import open_scanner
from gateway.scanning.scanner import Scanner
from gateway.settings import GatewaySettings
from gateway.storage.blobs import BlobStore, open_blobs
from kit.clock import Clock, SystemClock
from kit.errors import InvalidSettings
from kit.files.opening import open_files
from kit.log import get_logger
from kit.media.probe import look
from kit.media.sandbox import Sandbox
from kit.rpc.channel import open_aio_channel
from kit.sealing.keys import SigningKey


@dataclass(frozen=True)
class Outside:
    """What a gateway needs of the world around it."""

    prober: Prober
    scanner: Scanner
    detectors: Mapping[str, Detector]
    services: Mapping[str, Service]
    fusion: Fusion
    blobs: BlobStore
    clock: Clock
    eye: Eye
    key: SigningKey
    engine: Engine
    sender: Sender
    counters: Storage
    contributions: BlobStore | None = None
    predictions: Recorder | None = None


@asynccontextmanager
async def surroundings(settings: GatewaySettings, sandbox: Sandbox, role: str) -> AsyncIterator[Outside]:
    """The world as the settings describe it, for a process in a role: "gateway" or "worker". Raises InvalidSettings."""
    limits, clock, tls = settings.limits, SystemClock(), settings.services_tls()
    blobs, contributions = open_stores(settings, clock)
    async with (
        open_aio_channel(settings.image_target, tls) as image,
        open_aio_channel(settings.temporal_target, tls) as temporal,
        open_aio_channel(settings.av_sync_target, tls) as av_sync,
        open_aio_channel(settings.metadata_target, tls) as metadata,
        open_aio_channel(settings.fusion_target, tls) as fusion,
        counting(settings.rate_storage_url) as counters,
        recording(settings, clock) as predictions,
    ):
        yield Outside(
            scanner=open_scanner(settings, sandbox),
            prober=lambda cancel, file, claimed: look(sandbox, file, limits, claimed, cancel=cancel),
            detectors={
                IMAGE: ImageBackend(image, settings.image_target),
                TEMPORAL: TemporalBackend(temporal, settings.temporal_target),
                AV_SYNC: AvSyncBackend(av_sync, settings.av_sync_target),
                METADATA: MetadataBackend(metadata, settings.metadata_target),
            },
            services={
                IMAGE: BasisAsked(image, settings.image_target),
                TEMPORAL: BasisAsked(temporal, settings.temporal_target),
                AV_SYNC: BasisAsked(av_sync, settings.av_sync_target),
                METADATA: BasisAsked(metadata, settings.metadata_target),
            },
            fusion=FusionBackend(fusion, settings.fusion_target),
            blobs=blobs,
            clock=clock,
            eye=SandboxEye(sandbox, limits),
            key=_signing_key(settings.signing_key_file()),
            engine=open_engine(settings, role, clock),
            sender=Postman(
                settings.destinations(), SystemResolver(), tls_context(settings.webhook_ca), settings.webhook_timeout_s
            ),
            counters=counters,
            contributions=contributions,
            predictions=predictions,
        )


def open_stores(settings: GatewaySettings, clock: Clock) -> tuple[BlobStore, BlobStore | None]:
    """The media store, and that of contributions where there is one. Raises InvalidSettings."""
    blobs = open_blobs(settings.media_store(), settings.media_quota_bytes, clock)
    if not settings.contributions_url:
        return blobs, None
    copies = open_blobs(settings.contributions_url, settings.contributions_quota_bytes, clock)
    if copies.place == blobs.place:
        raise InvalidSettings(
            f"media_url and contributions_url are both {blobs.place}, where each would take the files of the other for"
            " leftovers of a crash and delete them; give contributions a folder of their own"
        )
    return blobs, copies


@asynccontextmanager
async def recording(settings: GatewaySettings, clock: Clock) -> AsyncIterator[Recorder | None]:
    """The prediction log, written until the context ends; None where none is to be kept. Raises InvalidSettings."""
    if not settings.prediction_log:
        yield None
        return
    files = open_files(settings.prediction_log, "prediction log")
    recorder = Recorder(files, clock, settings.prediction_log_interval_s, settings.prediction_log_days)
    async with recorder.running():
        yield recorder


def _signing_key(path: Path) -> SigningKey:
    known = path.exists()
    key = SigningKey.load_or_create(path)
    # A key that was lost is made anew, and nobody would see it otherwise until a report is refused for its key.
    get_logger().info("signing key read" if known else "new signing key made", key_id=key.key_id, file=str(path))
    return key
