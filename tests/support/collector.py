"""A real collector of traces, and behind it somebody who keeps what it passes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.telemetry.agent import running_agent
from tests.support.spans import Collected, collected


@contextmanager
def collector(folder: Path) -> Iterator[Collected]:
    """Keeps what reaches it through the collector at its `endpoint`."""
    with collected() as keeper, running_agent(folder / "collector.log", forward_to=keeper.endpoint) as endpoint:
        keeper.endpoint = endpoint
        yield keeper
