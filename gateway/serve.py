"""Gateways and workers as processes: started, swept behind, and ended in order."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from gateway.audit.log import presence
from gateway.chores import keep_at
from gateway.compose import compose
from gateway.ids import new_id
from gateway.keeping.janitor import ORPHANS_EVERY_S
from gateway.settings import GatewaySettings
from gateway.storage.database import open_database
from gateway.surroundings import surroundings
from kit.media.sandbox import Sandbox
from kit.rpc.aio_server import serve_aio

_LAST_RECORDS_S = 5.0
_THREADS = 64
_CHORES_S = 10.0


async def serve_gateway(settings: GatewaySettings, sandbox: Sandbox) -> None:
    """Runs a gateway until SIGTERM or SIGINT."""
    # Probes wait in threads; the default pool of a small machine would let a few of them hold up everything else.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    async with (
        surroundings(settings, sandbox, "gateway") as outside,
        open_database(settings.database()) as database,
    ):
        gateway = await compose(settings, outside, database)
        async with presence(gateway.audit, new_id(outside.clock)), outside.engine.running(gateway.workbench):
            sweeping = {
                asyncio.create_task(keep_at((gateway.janitor.sweep,), settings.janitor_interval_s)),
                asyncio.create_task(keep_at((gateway.janitor.sweep_orphans,), ORPHANS_EVERY_S)),
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
    async with surroundings(settings, sandbox, "worker") as outside, open_database(settings.database()) as database:
        gateway = await compose(settings, outside, database)
        async with outside.engine.running(gateway.workbench):
            await serve_aio(settings, ())
