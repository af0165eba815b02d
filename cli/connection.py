"""From "a stack somewhere" to its address and a token for it: the one that is named, the one that runs, or one of our own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cli.first_token import ensure_first_token
from cli.settings import CliSettings
from cli.stack.certificates import CLI
from cli.stack.plan import endpoints, on_free_ports, plan
from cli.stack.preflight import require_settings
from cli.stack.probes import GrpcHealth
from cli.stack.state import Endpoints, StateFolder
from cli.stack.supervisor import Say, Supervisor
from kit.clock import SystemClock
from kit.errors import InvalidSettings, MissingToken
from kit.rpc.credentials import ClientTls
from telltale_client import AsyncClient, Retry

_PATIENCE = Retry()
_NO_PAPERS = ClientTls()


@dataclass(frozen=True)
class Connection:
    """Where gRPC is spoken, and as whom."""

    target: str
    token: str = field(repr=False)
    tls: bool = False
    papers: ClientTls = _NO_PAPERS

    def client(self, retry: Retry = _PATIENCE) -> AsyncClient:
        """A new client; the caller closes it."""
        # Who names an address by http:// has decided that the token may travel in plain text.
        address = f"{'https' if self.tls else 'http'}://{self.target}"
        return AsyncClient(
            address,
            token=self.token,
            allow_plaintext=not self.tls,
            retry=retry,
            ca_file=self.papers.ca,
            certificate_file=self.papers.certificate,
            key_file=self.papers.key,
        )


@asynccontextmanager
async def connect(settings: CliSettings, say: Say) -> AsyncIterator[Connection]:
    """The stack that `settings.url` names; else the one that runs in the state folder or on the usual port; else one of
    our own on free ports, which ends with the context.

    Raises:
        MissingToken: a stack was found, but no token for it.
        InvalidSettings: the address is none.
        StartFailed: a stack of our own did not start.
    """
    state = StateFolder(settings.state)
    running = state.running()
    if settings.url is not None:
        yield _named(settings, settings.url, _token(settings, state))
    elif running is not None:
        yield _running(running, _token(settings, state))
    elif await _elsewhere(settings):
        yield Connection(f"127.0.0.1:{settings.grpc_port}", _token(settings, state))
    else:
        say("no stack is running; starting one for this call (telltale up keeps one running)")
        async with private_stack(settings, say) as connection:
            yield connection


@asynccontextmanager
async def private_stack(settings: CliSettings, say: Say) -> AsyncIterator[Connection]:
    """A stack of our own on free ports, with its state in the settings' folder; it ends with the context.

    Raises:
        InvalidSettings: a stack runs in that folder, or a process lacks settings. StartFailed: it did not start.
    """
    settings = on_free_ports(settings)
    state = StateFolder(settings.state)
    where, specs = endpoints(settings, os.getpid(), edge=False), plan(settings, edge=False)
    with state.owned(where):
        require_settings(specs)
        token = await ensure_first_token(state)
        async with Supervisor(
            specs,
            state.logs,
            say,
            SystemClock(),
            start_timeout_s=settings.start_timeout_s,
            stop_grace_s=settings.stop_grace_s,
        ):
            yield Connection(where.grpc, token)


async def _elsewhere(settings: CliSettings) -> bool:
    """Whether a stack with another state folder runs on the usual port; without a token we could not use it."""
    return settings.token is not None and await GrpcHealth(f"127.0.0.1:{settings.grpc_port}").ready()


def _token(settings: CliSettings, state: StateFolder) -> str:
    token = settings.token.get_secret_value() if settings.token else state.token()
    if not token:
        raise MissingToken(f"no token: set TELLTALE_TOKEN, give --token, or run where {state.token_file} is")
    return token


def _running(stack: Endpoints, token: str) -> Connection:
    if not stack.certificates:
        return Connection(stack.grpc, token)
    file = Path(stack.certificates) / f"{CLI}.pem"
    return Connection(stack.grpc, token, True, ClientTls(Path(stack.certificates) / "ca.pem", file, file))


def _named(settings: CliSettings, url: str, token: str) -> Connection:
    parts = urlsplit(url if "//" in url else f"http://{url}")
    try:
        port = parts.port
    except ValueError as error:
        raise InvalidSettings(f"{url!r} has no such port: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise InvalidSettings(f"{url!r} is no address of a stack; give one like http://127.0.0.1:8080")
    tls = parts.scheme == "https"
    papers = ClientTls(settings.tls_ca, settings.tls_certificate, settings.tls_key)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Connection(f"{host}:{port or (443 if tls else 80)}", token, tls, papers)
