"""The engine as the settings want it."""

from __future__ import annotations

import os
import socket

from gateway.jobs.dbos_engine import DbosEngine, Plan
from gateway.jobs.hands import Limits
from gateway.jobs.runner import Posture
from gateway.settings import GatewaySettings
from kit.clock import Clock


def open_engine(settings: GatewaySettings, role: str, clock: Clock) -> DbosEngine:
    """An engine for a process of this role, e.g. "gateway"; it begins with `running`."""
    url = settings.jobs()
    posture = Posture(worker_name(settings, role), Limits(settings.max_analyses), settings.jobs_polling_s)
    return DbosEngine(Plan(url, posture, settings.worker, settings.worker_heartbeat_s, settings.worker_silent_s), clock)


def worker_name(settings: GatewaySettings, role: str) -> str:
    """Who this process is among the workers."""
    # A port of chance is another one after a restart; the process is told apart by its number then.
    own = settings.port or f"pid{os.getpid()}"
    return settings.worker_name or f"{socket.gethostname()}-{role}-{own}"
