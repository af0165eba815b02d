"""What makes analyses, put together."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.jobs.engine import Engine
from gateway.keeping.storeroom import Storeroom
from gateway.keeping.vault import Vault
from gateway.making.detect import Detection, Detector
from gateway.making.judge import Fusion, Judge
from gateway.making.recall import Recall, Service
from gateway.making.workbench import Tools, Workbench
from gateway.notify.courier import Courier, Sender
from gateway.notify.reminder import Reminder
from gateway.orders.bulletin import Bulletin
from gateway.orders.endings import Endings
from gateway.orders.foreman import Foreman
from gateway.predictions.statistics import Statistics
from gateway.settings import GatewaySettings
from gateway.storage.database import Database
from gateway.storage.sql_notifications import SqlNotifications
from gateway.storage.sql_work import SqlWork
from kit.clock import Clock
from kit.sealing.keys import SigningKey


@dataclass(frozen=True)
class Workshop:
    """What makes analyses, and what others need of it."""

    rows: SqlWork
    detection: Detection
    judge: Judge
    bulletin: Bulletin
    endings: Endings
    reminder: Reminder
    foreman: Foreman
    workbench: Workbench
    statistics: Statistics


@dataclass(frozen=True)
class Supplies:
    """What a workshop needs of the world around it."""

    detectors: Mapping[str, Detector]
    services: Mapping[str, Service]
    fusion: Fusion
    engine: Engine
    sender: Sender
    key: SigningKey
    clock: Clock
    statistics: Statistics


def open_workshop(
    settings: GatewaySettings, supplies: Supplies, database: Database, store: Storeroom, vault: Vault
) -> Workshop:
    """A workshop on a migrated database."""
    clock, rows, bulletin = supplies.clock, SqlWork(database, store.evidence), Bulletin()
    letters = SqlNotifications(database)
    reminder = Reminder(letters, supplies.engine, clock)
    endings = Endings(rows, supplies.engine, bulletin, clock, supplies.statistics)
    detection = Detection(supplies.detectors, settings.budgets(), settings.detector_pauses_s)
    judge = Judge(supplies.fusion, settings.fusion_budget_s)
    # No secret hangs on when somebody is told again, so no cryptographic chance.
    courier = Courier(letters, settings.destinations(), supplies.sender, supplies.key, clock, random.Random())
    recall = Recall(rows, supplies.services, clock) if settings.recall else None
    tools = Tools(rows, store.media, vault, detection, judge, endings, bulletin, courier, clock, recall)
    foreman = Foreman(rows, supplies.engine, endings, clock)
    return Workshop(rows, detection, judge, bulletin, endings, reminder, foreman, Workbench(tools), supplies.statistics)
