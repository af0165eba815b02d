"""The measurement as a table for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.serving.figures import Figures, Spread

_COLUMNS = ("server", "clients", "throughput / loop", "per s", "p50 / function", "p99 / function", "CPU ms a request",
            "requests per CPU s", "MiB", "client's cores")  # fmt: skip


def show(found: Mapping[str, Sequence[Figures]]) -> None:
    """Prints the table."""
    table = Table(*_COLUMNS)
    for name, own in found.items():
        for each in own:
            table.add_row(name, *_row(each))
    Console(width=160).print(table)


def write(document: Mapping[str, Any], target: Path) -> None:
    """Writes `serving.json`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _row(own: Figures) -> Iterator[str]:
    yield str(own.clients)
    yield spread(own.throughput)
    yield f"{own.throughput_hz.median:.0f}"
    yield spread(own.p50)
    yield spread(own.p99)
    yield f"{own.cpu_s.median * 1000:.1f}"
    yield f"{own.requests_per_cpu_s.median:.0f}"
    yield f"{own.memory_bytes / 2**20:.0f}"
    yield f"{own.client_cores.median:.2f}"


def spread(own: Spread) -> str:
    """The median, with the lowest and highest round in brackets."""
    return f"{own.median:.2f} [{own.low:.2f}, {own.high:.2f}]"
