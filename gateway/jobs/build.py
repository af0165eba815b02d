"""The engine as the settings want it."""

from __future__ import annotations

import os
import socket

from gateway.jobs.dbos_engine import DbosEngine, Plan
from gateway.jobs.hands import Limits
from gateway.jobs.runner import Posture
from gateway.settings import GatewaySettings
from kit.clock import Clock

# SQLite is asked in microseconds, and by one process; PostgreSQL over a network, and by many.
_SQLITE_POLLING_S = 0.05
_POSTGRES_POLLING_S = 0.2


def open_engine(settings: GatewaySettings, role: str, clock: Clock) -> DbosEngine:
    """An engine for a process of this role, e.g. "gateway"; it begins with `running`."""
    url = settings.jobs()
    polling_s = settings.jobs_polling_s or (_SQLITE_POLLING_S if url.startswith("sqlite") else _POSTGRES_POLLING_S)
    posture = Posture(worker_name(settings, role), Limits(settings.max_analyses), polling_s)
    return DbosEngine(Plan(url, posture, settings.worker, settings.worker_heartbeat_s, settings.worker_silent_s), clock)


def worker_name(settings: GatewaySettings, role: str) -> str:
    """Who this process is among the workers."""
    # A port of chance is another one after a restart; the process is told apart by its number then.
    own = settings.port or f"pid{os.getpid()}"
    return settings.worker_name or f"{socket.gethostname()}-{role}-{own}"
