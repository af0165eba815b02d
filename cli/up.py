"""`telltale up`: the whole stack with one command, until Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import click

from cli.first_token import ensure_first_token
from cli.options import models_option, runs, say, settings_with, state_option
from cli.settings import CliSettings
from cli.stack.certificates import Certificates
from cli.stack.plan import certificates, endpoints, plan, require_free_ports
from cli.stack.preflight import require_settings
from cli.stack.process import ProcessSpec
from cli.stack.state import StateFolder
from cli.stack.supervisor import Supervisor
from kit.clock import SystemClock
from kit.settings import use_profile

_PORT = click.IntRange(1, 65535)


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
@runs
async def up(profile: str | None, **options: object) -> None:
    """Runs the whole stack: detectors, fusion, gateway, Envoy. Ctrl-C stops it."""
    # Media, verdicts and names of files are nobody else's, also where the folder was there before with open doors.
    os.umask(0o077)
    if profile is not None:
        use_profile(profile)
    settings = settings_with(**options)
    state = StateFolder(settings.state)
    where = endpoints(settings, os.getpid(), edge=True)
    papers = certificates(settings, SystemClock()) if settings.mtls else None
    specs = plan(settings, edge=True, papers=papers)
    with state.owned(where):
        require_free_ports(settings)
        require_settings(specs)
        token = await ensure_first_token(state)
        _cancel_on_signal()
        say(f"starting (logs: {state.logs}) …")
        try:
            async with _renewed(papers), _supervisor(settings, state, specs) as supervisor:
                click.echo(_welcome(where.url, where.grpc, token, state.token_file))
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


def _welcome(url: str, grpc: str, token: str, token_file: Path) -> str:
    # The page reads the token from the part behind '#', which browsers never send anywhere.
    return "\n".join(
        (
            "",
            f"  Page   {url}/#token={token}",
            f"  REST   curl -T photo.jpg -H 'Authorization: Bearer {token}' {url}/v1/media:analyze",
            f"  gRPC   {grpc}",
            f"  Token  {token}  (in {token_file})",
            "",
            "  Ctrl-C stops everything.",
            "",
        )
    )
