"""`telltale up`: the whole stack with one command, until Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import click

from canary.envoy.admin import EnvoyAdmin
from canary.wire import admin_socket
from cli.first_token import ensure_first_token
from cli.options import models_option, runs, say, settings_with, state_option
from cli.settings import CliSettings
from cli.stack.canaries import addresses_of, as_promoted, canary_doors, open_doors, with_doors
from cli.stack.canary_desk import CanaryDesk, Patience
from cli.stack.certificates import Certificates
from cli.stack.monitoring import MISSING, configuration_file, prepare, prometheus_url, require_golden
from cli.stack.plan import certificates, endpoints, plan, require_free_ports
from cli.stack.preflight import require_settings
from cli.stack.process import ProcessSpec
from cli.stack.state import StateFolder
from cli.stack.supervisor import Supervisor
from cli.stack.targets import Targets
from kit.clock import SystemClock
from kit.settings import OTLP_ENDPOINT, use_profile

_PORT = click.IntRange(1, 65535)


def _collector(_context: click.Context, _parameter: click.Parameter, url: str | None) -> str | None:
    if url is not None and not re.fullmatch(OTLP_ENDPOINT, url):
        raise click.BadParameter("it must be http or https, a host and a port, as in http://127.0.0.1:4317")
    return url


@click.command()
@state_option
@models_option
@click.option("--profile", help="Settings to begin with: dev, staging, production, or a .toml file [TELLTALE_PROFILE].")
@click.option("--host", help="Address to serve REST, page and gRPC on [127.0.0.1].")
@click.option("--port", type=_PORT, help="TCP port of REST and page [8080].")
@click.option("--grpc-port", type=_PORT, help="TCP port of the gateway's gRPC [50051].")
@click.option("--image-port", type=_PORT, help="TCP port of image_svc [50061].")
@click.option("--temporal-port", type=_PORT, help="TCP port of temporal_svc [50062].")
@click.option("--av-sync-port", type=_PORT, help="TCP port of av_sync_svc [50063].")
@click.option("--metadata-port", type=_PORT, help="TCP port of metadata_svc [50064].")
@click.option("--fusion-port", type=_PORT, help="TCP port of fusion_svc [50065].")
@click.option("--mtls/--no-mtls", default=None, help="Whether the processes know each other by certificates [no].")
@click.option(
    "--monitoring/--no-monitoring", default=None, help="Whether a Prometheus reads all metrics, if installed [no]."
)
@click.option("--prometheus-port", type=_PORT, help="TCP port of Prometheus [9090].")
@click.option("--metrics-port", type=_PORT, help="First of nine TCP ports at which it reads [9464].")
@click.option(
    "--golden",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of labelled files with golden.csv that the monitoring has judged every six hours [none].",
)
@click.option("--canaries/--no-canaries", default=None, help="Whether `telltale canary` can try new versions [no].")
@click.option(
    "--otlp-endpoint",
    metavar="URL",
    callback=_collector,
    help="Collector of traces, e.g. http://127.0.0.1:4317 [none].",
)
@runs
async def up(profile: str | None, **options: object) -> None:
    """Runs the whole stack: detectors, fusion, gateway, Envoy. Ctrl-C stops it."""
    # Media, verdicts and names of files are nobody else's, also where the folder was there before with open doors.
    os.umask(0o077)
    if profile is not None:
        use_profile(profile)
    settings = settings_with(**options)
    require_golden(settings)
    state = StateFolder(settings.state)
    where = endpoints(settings, os.getpid(), edge=True)
    papers = certificates(settings, SystemClock()) if settings.mtls else None
    planned = as_promoted(plan(settings, edge=True, papers=papers), state.canaries)
    doors = canary_doors(settings)
    where, specs = replace(where, doors=addresses_of(doors)), with_doors(planned, doors, state.canaries.absolute())
    with state.owned(where):
        require_free_ports(settings)
        require_settings(planned)
        token = await ensure_first_token(state)
        _cancel_on_signal()
        say(f"starting (logs: {state.logs}) …")
        try:
            open_doors(planned, doors, state.canaries.absolute())
            targets = prepare(settings)
            async with (
                _renewed(papers),
                _supervisor(settings, state, specs) as supervisor,
                _canaries(settings, state, supervisor, targets),
            ):
                click.echo(_welcome(where.url, where.grpc, token, state.token_file, _metrics(settings)))
                await supervisor.watch()
        except asyncio.CancelledError:
            say("stopped")


@asynccontextmanager
async def _renewed(papers: Certificates | None) -> AsyncIterator[None]:
    """The certificates of the stack are made, and renewed for as long as it runs; nothing without mTLS."""
    if papers is None:
        yield
        return
    papers.renew()
    renewing = asyncio.create_task(papers.keep_renewing(say))
    try:
        yield
    finally:
        renewing.cancel()


@asynccontextmanager
async def _canaries(
    settings: CliSettings, state: StateFolder, supervisor: Supervisor, targets: Targets
) -> AsyncIterator[None]:
    """The stack hears of canaries; not without the setting."""
    if not settings.canaries:
        yield
        return
    patience = Patience(settings.start_timeout_s, settings.canary_drain_s, settings.stop_grace_s)
    folder = state.canaries.absolute()
    admin = EnvoyAdmin(admin_socket(folder))
    async with CanaryDesk(supervisor, folder, state.logs, patience, say, state.moved, targets.moved, admin):
        yield


def _supervisor(settings: CliSettings, state: StateFolder, specs: Sequence[ProcessSpec]) -> Supervisor:
    return Supervisor(
        specs,
        state.logs,
        say,
        SystemClock(),
        start_timeout_s=settings.start_timeout_s,
        stop_grace_s=settings.stop_grace_s,
    )


def _cancel_on_signal() -> None:
    """Makes the first Ctrl-C or SIGTERM cancel the running task, even while it starts; the second one has its usual effect."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop() -> None:
        say("stopping …")
        for number in signals:
            loop.remove_signal_handler(number)
        if task is not None:
            task.cancel()

    for number in signals:
        loop.add_signal_handler(number, stop)


def _metrics(settings: CliSettings) -> list[str]:
    """Where they are read; nothing without monitoring."""
    if not settings.monitoring:
        return []
    return [f"  Metrics {prometheus_url(settings) or MISSING.format(configuration_file(settings))}"]


def _welcome(url: str, grpc: str, token: str, token_file: Path, metrics: Sequence[str]) -> str:
    # The page reads the token from the part behind '#', which browsers never send anywhere.
    return "\n".join(
        (
            "",
            f"  Page   {url}/#token={token}",
            f"  REST   curl -T photo.jpg -H 'Authorization: Bearer {token}' {url}/v1/media:analyze",
            f"  gRPC   {grpc}",
            f"  Token  {token}  (in {token_file})",
            *metrics,
            "",
            "  Ctrl-C stops everything.",
            "",
        )
    )
