"""The stack as users run it, with several tokens."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.overhead.rest import PORTS
from cli.stack.ports import free_ports
from cli.stack.state import StateFolder
from gateway.door.tokens import Scope, open_token_store
from gateway.settings import GatewaySettings
from kit.settings import child_environment

# What is measured is the limit of the machine, not those that a token is given.
_UNLIMITED = {
    "TELLTALE_GATEWAY_WRITE_RATE": "1000000/minute",
    "TELLTALE_GATEWAY_READ_RATE": "1000000/minute",
    "TELLTALE_GATEWAY_NEAR_DUPLICATE_BUDGET": "1000000/hour",
    "TELLTALE_ENVOY_REQUESTS_PER_S": "10000",
    "TELLTALE_ENVOY_REQUEST_BURST": "10000",
}


@dataclass(frozen=True)
class LoadedStack:
    """A running stack. `pid` is that of `telltale up`, `tokens` are of as many owners."""

    host: str
    port: int
    pid: int
    tokens: Sequence[str]


@contextmanager
def loaded_stack(models: Path, owners: Sequence[str]) -> Iterator[LoadedStack]:
    """`telltale up` on free ports with a state of its own and a token for each owner; stopped at the end."""
    with TemporaryDirectory(prefix="telltale-load-") as folder:
        state = StateFolder(Path(folder) / "state")
        tokens = asyncio.run(_tokens(GatewaySettings(state_dir=state.root).database(), owners))
        ports = [word for pair in zip(PORTS, map(str, free_ports(len(PORTS))), strict=True) for word in pair]
        command = [sys.executable, "-m", "cli", "up", "--state", str(state.root), "--models", str(models), *ports]
        process = Popen(command, stdout=PIPE, text=True, env=child_environment(_UNLIMITED))
        try:
            if process.stdout is None or not any("Ctrl-C" in line for line in process.stdout):
                raise RuntimeError("the stack did not start; its message is above")
            where = state.running()
            address = urlsplit(where.url if where is not None else "")
            yield LoadedStack(address.hostname or "", address.port or 0, process.pid, tokens)
        finally:
            process.terminate()
            process.communicate(timeout=60)


async def _tokens(database_url: str, owners: Sequence[str]) -> list[str]:
    async with open_token_store(database_url) as store:
        made = [await store.create(owner, [Scope.ANALYZE, Scope.READ]) for owner in owners]
    return [each.secret for each in made]
