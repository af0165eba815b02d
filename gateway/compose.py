"""The gateway put together from its settings and from what differs between a real process and a test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from limits.aio.storage import Storage

from gateway.analysis.service import AnalysisServicer, analysis_service
from gateway.audit.log import AuditLog
from gateway.audit.names import noting
from gateway.chores import Chore
from gateway.door.access import Gate, Notary
from gateway.door.quotas import Quotas, open_quotas
from gateway.door.rates import open_rates
from gateway.door.tokens import TokenStore
from gateway.feedback.service import FeedbackServicer, feedback_service
from gateway.hindsight import Hindsight
from gateway.intake.ingest import Intake, Memory
from gateway.intake.registrar import Registrar
from gateway.keeping.contributions import Contributions
from gateway.keeping.janitor import Janitor
from gateway.keeping.receipts import Receipts
from gateway.keeping.storeroom import open_storeroom
from gateway.keeping.vault import Vault
from gateway.key.service import KeyServicer, key_service
from gateway.making.workbench import Workbench
from gateway.making.workshop import Supplies, Workshop, open_workshop
from gateway.media.service import MediaServicer, media_service
from gateway.operation.service import (
    OperationServicer,
    OperationsServicer,
    operation_service,
    operations_service,
)
from gateway.orders.archive import Archive
from gateway.orders.counter import Counter
from gateway.orders.desk import Desk
from gateway.orders.places import Locks, Queue, Slots
from gateway.orders.unkept import Unkept
from gateway.predictions.statistics import Statistics
from gateway.probing.resemblance import NearDuplicates, open_near_duplicates
from gateway.probing.tally import Tally
from gateway.probing.watch import Doorkeeper, Watch, WatchedRecorder
from gateway.queue_gauge import QueueGauge
from gateway.report.room import ReportRoom
from gateway.settings import GatewaySettings
from gateway.share.service import ShareServicer, share_service
from gateway.storage.database import Database
from gateway.storage.sql_audit import SqlAudit
from gateway.storage.sql_feedback import SqlFeedback
from gateway.storage.sql_shares import SqlShares
from gateway.surroundings import Outside
from gateway.views.lounge import Lounge
from gateway.views.map_room import MapRoom
from gateway.views.sharing import Sharing
from gateway.web.pages import Pages
from gateway.web.service import WebServicer, web_service
from kit.clock import Clock
from kit.rpc.aio_server import AioServiceBinding
from kit.sealing.keys import SigningKey, read_public_key

# What this process does itself is told to its watchers at once; what others do must be looked up.
_POLL_OWN_S, _POLL_OTHERS_S = 1.0, 0.25


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


async def compose(settings: GatewaySettings, outside: Outside, database: Database) -> Gateway:
    """Builds a gateway on a migrated database."""
    clock, memory, locks = outside.clock, _memory(settings), Locks()
    store = open_storeroom(database, outside.blobs, outside.contributions, outside.engine, clock)
    tokens, counters = TokenStore(database, clock), outside.counters
    quotas = open_quotas(counters, settings.byte_quota, settings.media_seconds_quota)
    audit = AuditLog(SqlAudit(database), clock)
    watch = Watch(audit, clock, Tally(clock))
    gate = _gate(settings, tokens, counters, clock, WatchedRecorder(audit, watch))
    intake = _intake(settings, memory, quotas)
    vault = Vault(store.media, outside.blobs, memory, clock, timedelta(hours=settings.media_retention_h))
    doorkeeper = Doorkeeper(_near_duplicates(settings, counters, outside.key), watch)
    registrar = Registrar(vault, outside.prober, outside.scanner, quotas, doorkeeper, locks)
    archive = Archive(store.analyses, clock)
    supplies = Supplies(
        outside.detectors,
        outside.services,
        outside.fusion,
        outside.engine,
        outside.sender,
        outside.key,
        clock,
        Statistics(outside.predictions),
    )
    shop = open_workshop(settings, supplies, database, store, vault)
    desk = _desk(settings, outside, registrar, vault, archive, shop, locks)
    counter = _counter(settings, intake, desk, registrar, shop, clock)
    places = Slots(settings.max_reports, settings.max_queued_reports)
    reports = ReportRoom(archive, vault, outside.eye, outside.key, places)
    maps = MapRoom(archive, Slots(settings.max_maps, settings.max_queued_maps))
    # Idle calls count against `max_concurrent_calls`, too: whoever opens many must leave some to others.
    lobby = Queue(max(1, settings.max_concurrent_calls // 4))
    receipts, sharing = Receipts(outside.key, clock), Sharing(SqlShares(database), archive, clock)
    gifts = Contributions(store.contributions, store.contributed, vault, outside.eye, places, clock)
    private = (
        media_service(MediaServicer(gate, intake, registrar, vault, store.shredder, gifts, receipts)),
        analysis_service(AnalysisServicer(gate, counter, archive, store.shredder, reports, maps, receipts)),
        operation_service(OperationServicer(gate, desk, lobby)),
        operations_service(OperationsServicer(gate, desk, archive, store.shredder, lobby)),
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


def _intake(settings: GatewaySettings, memory: Memory, quotas: Quotas) -> Intake:
    timeout_s, most = settings.upload_timeout_s, settings.max_uploads_per_token
    return Intake(memory, quotas, settings.max_media_bytes, timeout_s, most)


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
    unkept = Unkept(registrar, shop.detection, shop.judge, places, clock, shop.statistics)
    waiting = Queue(settings.max_analyses + settings.max_queued_analyses)
    return Counter(intake, desk, unkept, settings.destinations(), waiting)
