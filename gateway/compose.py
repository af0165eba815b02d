"""The gateway put together from its settings and from what differs between a real process and a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.access import Gate
from gateway.analysis.service import AnalysisServicer, analysis_service
from gateway.archive import Archive
from gateway.backends.av_sync import AvSyncBackend
from gateway.backends.fusion import FusionBackend
from gateway.backends.image import ImageBackend
from gateway.backends.metadata import MetadataBackend
from gateway.backends.temporal import TemporalBackend
from gateway.desk import Desk
from gateway.detect import Detection, Detector
from gateway.feedback.service import FeedbackServicer, feedback_service
from gateway.hindsight import Hindsight
from gateway.ingest import Intake, Memory
from gateway.janitor import Janitor
from gateway.judge import Fusion, Judge
from gateway.key.service import KeyServicer, key_service
from gateway.lounge import Lounge
from gateway.media.service import MediaServicer, media_service
from gateway.places import Locks, Slots
from gateway.plan import AV_SYNC, IMAGE, METADATA, TEMPORAL
from gateway.rates import open_rates
from gateway.receipts import Receipts
from gateway.registrar import Prober, Registrar
from gateway.report.eye import Eye, SandboxEye
from gateway.report.room import ReportRoom
from gateway.settings import GatewaySettings
from gateway.share.service import ShareServicer, share_service
from gateway.sharing import Sharing
from gateway.storage.blobs import BlobStore, open_blobs
from gateway.storage.database import Database, open_database
from gateway.storage.sql_analyses import SqlAnalyses
from gateway.storage.sql_feedback import SqlFeedback
from gateway.storage.sql_media import SqlMedia
from gateway.storage.sql_shares import SqlShares
from gateway.tokens import TokenStore
from gateway.vault import Vault
from gateway.web.pages import Pages
from gateway.web.service import WebServicer, web_service
from kit.clock import Clock, SystemClock
from kit.log import get_logger
from kit.media.limits import MediaLimits
from kit.media.probe import probe
from kit.media.sandbox import Sandbox
from kit.rpc.aio_server import AioServiceBinding, serve_aio
from kit.rpc.channel import open_aio_channel
from kit.sealing.keys import SigningKey, read_public_key

_LAST_RECORDS_S = 5.0
_THREADS = 64


@dataclass(frozen=True)
class Outside:
    """What a gateway needs of the world around it."""

    prober: Prober
    detectors: Mapping[str, Detector]
    fusion: Fusion
    blobs: BlobStore
    clock: Clock
    eye: Eye
    key: SigningKey


@dataclass(frozen=True)
class Gateway:
    """A gateway without its server."""

    services: tuple[AioServiceBinding, ...]
    tokens: TokenStore
    janitor: Janitor
    gate: Gate


async def serve_gateway(settings: GatewaySettings, sandbox: Sandbox) -> None:
    """Runs a gateway until SIGTERM or SIGINT."""
    # Probes wait in threads; the default pool of a small machine would let a few of them hold up everything else.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    async with _services_behind(settings, sandbox) as outside, open_database(settings.database()) as database:
        gateway = await compose(settings, outside, database)
        sweeping = asyncio.create_task(gateway.janitor.keep_sweeping(settings.janitor_interval_s))
        try:
            await serve_aio(settings, gateway.services)
        finally:
            sweeping.cancel()
            await asyncio.wait({sweeping})
            await gateway.gate.until_empty(_LAST_RECORDS_S)


async def compose(settings: GatewaySettings, outside: Outside, database: Database) -> Gateway:
    """Builds a gateway on a migrated database. Analyses that a stopped process left running are marked as failed."""
    clock, rows, memory, locks = outside.clock, SqlMedia(database), Memory(settings.upload_memory_bytes), Locks()
    records = SqlAnalyses(database)
    if interrupted := await records.fail_unfinished():
        get_logger().warning("analyses were interrupted by a stop", count=interrupted)
    tokens = TokenStore(database, clock)
    gate = _gate(settings, tokens, clock)
    intake = Intake(memory, settings.max_media_bytes, settings.upload_timeout_s)
    vault = Vault(rows, outside.blobs, memory, clock, timedelta(hours=settings.media_retention_h))
    registrar, archive = Registrar(vault, outside.prober, locks), Archive(records, clock)
    desk = _desk(settings, outside, registrar, vault, archive, locks)
    places = Slots(settings.max_reports, settings.max_queued_reports)
    reports = ReportRoom(archive, vault, outside.eye, outside.key, places)
    receipts, sharing = Receipts(outside.key, clock), Sharing(SqlShares(database), archive, clock)
    services = (
        media_service(MediaServicer(gate, intake, registrar, vault, receipts)),
        analysis_service(AnalysisServicer(gate, intake, desk, archive, reports, receipts)),
        share_service(ShareServicer(gate, sharing, Lounge(sharing, archive, reports, vault))),
        feedback_service(FeedbackServicer(gate, Hindsight(SqlFeedback(database), clock))),
        key_service(KeyServicer(outside.key, [read_public_key(path) for path in settings.retired_keys])),
        web_service(WebServicer(Pages())),
    )
    return Gateway(services, tokens, Janitor(vault, rows, outside.blobs, sharing, clock), gate)


def _gate(settings: GatewaySettings, tokens: TokenStore, clock: Clock) -> Gate:
    rates = open_rates(settings.rate_storage_url, settings.write_rate, settings.read_rate, settings.visitor_rate)
    return Gate(tokens, rates, clock, settings.trusted_proxies)


def _desk(
    settings: GatewaySettings, outside: Outside, registrar: Registrar, vault: Vault, archive: Archive, locks: Locks
) -> Desk:
    return Desk(
        registrar,
        vault,
        archive,
        Detection(outside.detectors, settings.budgets()),
        Judge(outside.fusion, settings.fusion_budget_s),
        Slots(settings.max_analyses, settings.max_queued_analyses),
        locks,
        outside.clock,
    )


@asynccontextmanager
async def _services_behind(settings: GatewaySettings, sandbox: Sandbox) -> AsyncIterator[Outside]:
    limits = MediaLimits(max_bytes=settings.max_media_bytes)
    async with (
        open_aio_channel(settings.image_target) as image,
        open_aio_channel(settings.temporal_target) as temporal,
        open_aio_channel(settings.av_sync_target) as av_sync,
        open_aio_channel(settings.metadata_target) as metadata,
        open_aio_channel(settings.fusion_target) as fusion,
    ):
        yield Outside(
            prober=lambda cancel, file, claimed: probe(sandbox, file, limits, claimed, cancel=cancel),
            detectors={
                IMAGE: ImageBackend(image),
                TEMPORAL: TemporalBackend(temporal),
                AV_SYNC: AvSyncBackend(av_sync),
                METADATA: MetadataBackend(metadata),
            },
            fusion=FusionBackend(fusion),
            blobs=open_blobs(settings.media_store(), settings.media_quota_bytes),
            clock=SystemClock(),
            eye=SandboxEye(sandbox, limits),
            key=_signing_key(settings.signing_key_file()),
        )


def _signing_key(path: Path) -> SigningKey:
    known = path.exists()
    key = SigningKey.load_or_create(path)
    # A key that was lost is made anew, and nobody would see it otherwise until a report is refused for its key.
    get_logger().info("signing key read" if known else "new signing key made", key_id=key.key_id, file=str(path))
    return key
