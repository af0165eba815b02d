"""The gateway put together from its settings and from what differs between a real process and a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from limits.aio.storage import Storage

from gateway.access import Gate, Notary
from gateway.analysis.service import AnalysisServicer, analysis_service
from gateway.archive import Archive
from gateway.audit.log import AuditLog, presence
from gateway.audit.names import noting
from gateway.backends.av_sync import AvSyncBackend
from gateway.backends.fusion import FusionBackend
from gateway.backends.image import ImageBackend
from gateway.backends.metadata import MetadataBackend
from gateway.backends.temporal import TemporalBackend
from gateway.chores import Chore, keep_at
from gateway.contributions import Contributions
from gateway.counter import Counter
from gateway.counters import counting
from gateway.desk import Desk
from gateway.detect import Detector
from gateway.feedback.service import FeedbackServicer, feedback_service
from gateway.hindsight import Hindsight
from gateway.ids import new_id
from gateway.ingest import Intake, Memory
from gateway.janitor import Janitor
from gateway.jobs.build import open_engine
from gateway.jobs.engine import Engine
from gateway.judge import Fusion
from gateway.key.service import KeyServicer, key_service
from gateway.lounge import Lounge
from gateway.map_room import MapRoom
from gateway.media.service import MediaServicer, media_service
from gateway.notify.courier import Sender
from gateway.notify.postman import Postman, SystemResolver, tls_context
from gateway.operation.service import (
    OperationServicer,
    OperationsServicer,
    operation_service,
    operations_service,
)
from gateway.places import Locks, Queue, Slots
from gateway.plan import AV_SYNC, IMAGE, METADATA, TEMPORAL
from gateway.probing.resemblance import NearDuplicates, open_near_duplicates
from gateway.probing.tally import Tally
from gateway.probing.watch import Doorkeeper, Watch, WatchedRecorder
from gateway.queue_gauge import QueueGauge
from gateway.quotas import open_quotas
from gateway.rates import open_rates
from gateway.receipts import Receipts
from gateway.registrar import Prober, Registrar
from gateway.report.eye import Eye, SandboxEye
from gateway.report.room import ReportRoom
from gateway.scanning.build import open_scanner
from gateway.scanning.scanner import Scanner
from gateway.settings import GatewaySettings
from gateway.share.service import ShareServicer, share_service
from gateway.sharing import Sharing
from gateway.storage.blobs import BlobStore, open_blobs
from gateway.storage.database import Database, open_database
from gateway.storage.sql_audit import SqlAudit
from gateway.storage.sql_feedback import SqlFeedback
from gateway.storage.sql_shares import SqlShares
from gateway.storeroom import open_storeroom
from gateway.tokens import TokenStore
from gateway.unkept import Unkept
from gateway.vault import Vault
from gateway.web.pages import Pages
from gateway.web.service import WebServicer, web_service
from gateway.workbench import Workbench
from gateway.workshop import Supplies, Workshop, open_workshop
from kit.clock import Clock, SystemClock
from kit.log import get_logger
from kit.media.probe import look
from kit.media.sandbox import Sandbox
from kit.rpc.aio_server import AioServiceBinding, serve_aio
from kit.rpc.channel import open_aio_channel
from kit.sealing.keys import SigningKey, read_public_key

_LAST_RECORDS_S = 5.0
_THREADS = 64
_CHORES_S = 10.0
# What this process does itself is told to its watchers at once; what others do must be looked up.
_POLL_OWN_S, _POLL_OTHERS_S = 1.0, 0.25


@dataclass(frozen=True)
class Outside:
    """What a gateway needs of the world around it."""

    prober: Prober
    scanner: Scanner
    detectors: Mapping[str, Detector]
    fusion: Fusion
    blobs: BlobStore
    clock: Clock
    eye: Eye
    key: SigningKey
    engine: Engine
    sender: Sender
    counters: Storage
    contributions: BlobStore | None = None


@dataclass(frozen=True)
class Gateway:
    """A gateway without its server."""

    services: tuple[AioServiceBinding, ...]
    tokens: TokenStore
    janitor: Janitor
    gate: Gate
    audit: AuditLog
    workbench: Workbench
    chores: tuple[Chore, ...]


async def serve_gateway(settings: GatewaySettings, sandbox: Sandbox) -> None:
    """Runs a gateway until SIGTERM or SIGINT."""
    # Probes wait in threads; the default pool of a small machine would let a few of them hold up everything else.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    async with (
        _services_behind(settings, sandbox, "gateway") as outside,
        open_database(settings.database()) as database,
    ):
        gateway = await compose(settings, outside, database)
        async with presence(gateway.audit, new_id(outside.clock)), outside.engine.running(gateway.workbench):
            sweeping = {
                asyncio.create_task(gateway.janitor.keep_sweeping(settings.janitor_interval_s)),
                asyncio.create_task(keep_at(gateway.chores, _CHORES_S)),
            }
            try:
                await serve_aio(settings, gateway.services)
            finally:
                for task in sweeping:
                    task.cancel()
                await asyncio.wait(sweeping)
                await gateway.gate.until_empty(_LAST_RECORDS_S)


async def serve_worker(settings: GatewaySettings, sandbox: Sandbox) -> None:
    """Makes analyses that gateways have taken on, until SIGTERM or SIGINT. Nobody calls it, but for its health."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    settings = settings.model_copy(update={"worker": True})
    async with _services_behind(settings, sandbox, "worker") as outside, open_database(settings.database()) as database:
        gateway = await compose(settings, outside, database)
        async with outside.engine.running(gateway.workbench):
            await serve_aio(settings, ())


async def compose(settings: GatewaySettings, outside: Outside, database: Database) -> Gateway:
    """Builds a gateway on a migrated database."""
    clock, memory, locks = outside.clock, _memory(settings), Locks()
    store = open_storeroom(database, outside.blobs, outside.contributions, outside.engine, clock)
    tokens, counters = TokenStore(database, clock), outside.counters
    quotas = open_quotas(counters, settings.byte_quota, settings.media_seconds_quota)
    audit = AuditLog(SqlAudit(database), clock)
    watch = Watch(audit, clock, Tally(clock))
    gate = _gate(settings, tokens, counters, clock, WatchedRecorder(audit, watch))
    intake = Intake(memory, quotas, settings.max_media_bytes, settings.upload_timeout_s)
    vault = Vault(store.media, outside.blobs, memory, clock, timedelta(hours=settings.media_retention_h))
    doorkeeper = Doorkeeper(_near_duplicates(settings, counters, outside.key), watch)
    registrar = Registrar(vault, outside.prober, outside.scanner, quotas, doorkeeper, locks)
    archive = Archive(store.analyses, clock)
    supplies = Supplies(outside.detectors, outside.fusion, outside.engine, outside.sender, outside.key, clock)
    shop = open_workshop(settings, supplies, database, store, vault)
    desk = _desk(settings, outside, registrar, vault, archive, shop, locks)
    counter = _counter(settings, intake, desk, registrar, shop, clock)
    places = Slots(settings.max_reports, settings.max_queued_reports)
    reports = ReportRoom(archive, vault, outside.eye, outside.key, places)
    maps = MapRoom(archive, Slots(settings.max_maps, settings.max_queued_maps))
    receipts, sharing = Receipts(outside.key, clock), Sharing(SqlShares(database), archive, clock)
    gifts = Contributions(store.contributions, store.contributed, vault, outside.eye, places, clock)
    private = (
        media_service(MediaServicer(gate, intake, registrar, vault, store.shredder, gifts, receipts)),
        analysis_service(AnalysisServicer(gate, counter, archive, store.shredder, reports, maps, receipts)),
        operation_service(OperationServicer(gate, desk)),
        operations_service(OperationsServicer(gate, desk, archive, store.shredder)),
        share_service(ShareServicer(gate, sharing, Lounge(sharing, maps, reports, vault))),
        feedback_service(FeedbackServicer(gate, Hindsight(SqlFeedback(database, clock), clock))),
    )
    # These two open nothing that is anybody's.
    public = (
        key_service(KeyServicer(outside.key, [read_public_key(path) for path in settings.retired_keys])),
        web_service(WebServicer(Pages())),
    )
    services = (*(_observed(service, gate) for service in private), *public)
    janitor = Janitor(store.shredder, store.media, store.orphans, sharing, clock, audit)
    chores = (shop.foreman.sweep, shop.reminder.sweep, audit.sum_up, QueueGauge(shop.rows, clock).look)
    return Gateway(services, tokens, janitor, gate, audit, shop.workbench, chores)


def _observed(service: AioServiceBinding, gate: Gate) -> AioServiceBinding:
    """A service of which the audit log sees every call: what it asks for, and that it was refused for breaking its contract."""
    return noting(replace(service, refuse=gate.refuse))


def _memory(settings: GatewaySettings) -> Memory:
    return Memory(settings.upload_memory_bytes, settings.upload_memory_per_token_bytes)


def _gate(settings: GatewaySettings, tokens: TokenStore, counters: Storage, clock: Clock, audit: Notary) -> Gate:
    rates = open_rates(counters, settings.write_rate, settings.read_rate, settings.visitor_rate)
    return Gate(tokens, settings.edge(), rates, clock, settings.trusted_proxies, audit)


def _near_duplicates(settings: GatewaySettings, counters: Storage, key: SigningKey) -> NearDuplicates:
    return open_near_duplicates(counters, settings.near_duplicate_budget, key.derived("near duplicates"))


def _desk(
    settings: GatewaySettings,
    outside: Outside,
    registrar: Registrar,
    vault: Vault,
    archive: Archive,
    shop: Workshop,
    locks: Locks,
) -> Desk:
    poll_s = _POLL_OWN_S if settings.worker else _POLL_OTHERS_S
    most = settings.max_waiting_orders
    return Desk(registrar, vault, archive, shop.rows, outside.engine, shop.endings, shop.bulletin, locks, poll_s, most)


def _counter(
    settings: GatewaySettings, intake: Intake, desk: Desk, registrar: Registrar, shop: Workshop, clock: Clock
) -> Counter:
    places = Slots(settings.max_analyses, settings.max_queued_analyses)
    unkept = Unkept(registrar, shop.detection, shop.judge, places, clock)
    waiting = Queue(settings.max_analyses + settings.max_queued_analyses)
    return Counter(intake, desk, unkept, settings.destinations(), waiting)


@asynccontextmanager
async def _services_behind(settings: GatewaySettings, sandbox: Sandbox, role: str) -> AsyncIterator[Outside]:
    limits, clock, tls = settings.limits, SystemClock(), settings.services_tls()
    async with (
        open_aio_channel(settings.image_target, tls) as image,
        open_aio_channel(settings.temporal_target, tls) as temporal,
        open_aio_channel(settings.av_sync_target, tls) as av_sync,
        open_aio_channel(settings.metadata_target, tls) as metadata,
        open_aio_channel(settings.fusion_target, tls) as fusion,
        counting(settings.rate_storage_url) as counters,
    ):
        yield Outside(
            scanner=open_scanner(settings, sandbox),
            prober=lambda cancel, file, claimed: look(sandbox, file, limits, claimed, cancel=cancel),
            detectors={
                IMAGE: ImageBackend(image),
                TEMPORAL: TemporalBackend(temporal),
                AV_SYNC: AvSyncBackend(av_sync),
                METADATA: MetadataBackend(metadata),
            },
            fusion=FusionBackend(fusion),
            blobs=open_blobs(settings.media_store(), settings.media_quota_bytes, clock),
            clock=clock,
            eye=SandboxEye(sandbox, limits),
            key=_signing_key(settings.signing_key_file()),
            engine=open_engine(settings, role, clock),
            sender=Postman(
                settings.destinations(), SystemResolver(), tls_context(settings.webhook_ca), settings.webhook_timeout_s
            ),
            counters=counters,
            contributions=_contributions(settings, clock),
        )


def _contributions(settings: GatewaySettings, clock: Clock) -> BlobStore | None:
    url = settings.contributions_url
    return open_blobs(url, settings.contributions_quota_bytes, clock) if url else None


def _signing_key(path: Path) -> SigningKey:
    known = path.exists()
    key = SigningKey.load_or_create(path)
    # A key that was lost is made anew, and nobody would see it otherwise until a report is refused for its key.
    get_logger().info("signing key read" if known else "new signing key made", key_id=key.key_id, file=str(path))
    return key
