"""The stacks that are mistreated: as `telltale up` starts it on SQLite, and two gateways with two workers on PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cli.settings import CliSettings
from cli.stack.backoff import Backoff
from cli.stack.plan import on_free_ports, plan
from cli.stack.ports import free_ports
from cli.stack.probes import GrpcHealth, Probe
from cli.stack.process import ProcessSpec
from cli.stack.supervisor import Supervisor
from gateway.door.tokens import Scope, open_token_store
from gateway.settings import GatewaySettings
from kit.clock import SystemClock
from tests.support.postgres import Cluster, new_cluster

_PREFIX = "TELLTALE_GATEWAY_"
_START_TIMEOUT_S = 120.0
_PAUSE_S = 0.1
# Nobody is refused: what is counted here is what is lost.
_GENEROUS = {
    "WRITE_RATE": "1000000/minute",
    "READ_RATE": "1000000/minute",
    "NEAR_DUPLICATE_BUDGET": "1000000/minute",
    "MAX_QUEUED_ANALYSES": "10000",
    "MAX_ANALYSES": "3",
    "WORKER_SILENT_S": "6",
    "WEBHOOK_PLAIN_LOOPBACK": "true",
    "WEBHOOK_HOSTS": '["127.0.0.1"]',
}


@dataclass(frozen=True)
class Victims:
    """A running stack.

    Attributes:
        gateways: their addresses.
        token: with which they are called.
        settings: of one of the gateways; all share database and media.
        supervisors: by the names of the processes that they start again.
        probes: by the same names.
    """

    gateways: Sequence[str]
    token: str
    settings: GatewaySettings
    supervisors: Mapping[str, Supervisor]
    probes: Mapping[str, Probe]

    async def kill(self, name: str) -> None:
        """SIGKILL to a process; returns when it serves again."""
        supervisor = self.supervisors[name]
        pid = supervisor.pid(name)
        os.kill(pid, signal.SIGKILL)
        while supervisor.pid(name) == pid or not await self.probes[name].ready():
            await asyncio.sleep(_PAUSE_S)


@asynccontextmanager
async def running(store: str, folder: Path, webhook_port: int) -> AsyncIterator[Victims]:
    """A stack with its state in `folder`; everything that dies is started again."""
    async with AsyncExitStack() as stack:
        settings, specs = {}, {}
        if store == "postgres":
            cluster = stack.enter_context(new_cluster())
            specs["postgres"] = [_postgres(cluster)]
            settings["DATABASE_URL"] = cluster.url("postgres")
        local = on_free_ports(CliSettings(state=folder / "state"))
        shared = {**_GENEROUS, **settings, "WEBHOOK_PORTS": f"[{webhook_port}]"}
        specs["stack"] = _stack(plan(local, edge=False), shared, several=store == "postgres")
        supervisors: dict[str, Supervisor] = {}
        for name, group in specs.items():
            supervisor = await stack.enter_async_context(_supervisor(group, folder / "logs" / name))
            supervisors |= {spec.name: supervisor for spec in group}
        gateways = [spec for spec in specs["stack"] if spec.name.startswith("gateway")]
        chosen = GatewaySettings(state_dir=folder / "state", database_url=settings.get("DATABASE_URL", ""), jobs_url="")
        addresses = [f"127.0.0.1:{spec.environment[f'{_PREFIX}PORT']}" for spec in gateways]
        probes = {spec.name: spec.probe for group in specs.values() for spec in group}
        yield Victims(addresses, await _token(chosen), chosen, supervisors, probes)


def _stack(specs: Sequence[ProcessSpec], shared: Mapping[str, str], *, several: bool) -> list[ProcessSpec]:
    detectors = [spec for spec in specs if spec.name != "gateway"]
    [gateway] = [spec for spec in specs if spec.name == "gateway"]
    if not several:
        return [*detectors, _changed(gateway, "gateway", shared)]
    ports = [str(port) for port in free_ports(4)]
    gateways = [
        _changed(gateway, f"gateway-{number}", {**shared, "WORKER": "false", "PORT": port})
        for number, port in enumerate(ports[:2], 1)
    ]
    workers = [
        replace(
            _changed(gateway, f"worker-{number}", {**shared, "PORT": port}),
            command=(*gateway.command[:-1], "gateway.worker"),
        )
        for number, port in enumerate(ports[2:], 1)
    ]
    return [*detectors, *gateways, *workers]


def _changed(spec: ProcessSpec, name: str, changes: Mapping[str, str]) -> ProcessSpec:
    environment = {**spec.environment, **{_PREFIX + key: value for key, value in changes.items()}}
    return replace(
        spec, name=name, environment=environment, probe=GrpcHealth(f"127.0.0.1:{environment[_PREFIX + 'PORT']}")
    )


@dataclass(frozen=True)
class _Answers:
    cluster: Cluster

    async def ready(self) -> bool:
        return await asyncio.to_thread(self.cluster.answers)


def _postgres(cluster: Cluster) -> ProcessSpec:
    return ProcessSpec("postgres", cluster.command, _Answers(cluster), stop_stage=9)


def _supervisor(specs: Sequence[ProcessSpec], logs: Path) -> Supervisor:
    def say(_: str) -> None:
        """What dies here was killed."""

    return Supervisor(
        specs,
        logs,
        say,
        SystemClock(),
        start_timeout_s=_START_TIMEOUT_S,
        stop_grace_s=10.0,
        make_backoff=lambda: Backoff(0.2, 1.0),
    )


async def _token(settings: GatewaySettings) -> str:
    async with open_token_store(settings.database()) as store:
        return (await store.create("chaos", (Scope.ANALYZE, Scope.READ))).secret
