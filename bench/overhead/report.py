"""The measurements as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.overhead.measure import Latency

IN_PROCESS = "in process"
REST = "REST"
OVERHEAD_BAR = 0.25


def overhead(latencies: Sequence[Latency], clients: int) -> float:
    """p50 of REST over p50 in process, less one: the share of time that servers, transcoding and orchestration add."""
    p50_ms = {each.door: each.p50_ms for each in latencies if each.clients == clients}
    return p50_ms[REST] / p50_ms[IN_PROCESS] - 1


def show(latencies: Sequence[Latency]) -> None:
    """Prints the table."""
    table = Table("door", "clients", "calls", "p50 ms", "p90 ms", "p99 ms", "p50 overhead")
    for each in latencies:
        ratio = f"{overhead(latencies, each.clients):+.1%}" if each.door == REST else ""
        numbers = (f"{value:.1f}" for value in (each.p50_ms, each.p90_ms, each.p99_ms))
        table.add_row(each.door, str(each.clients), str(each.calls), *numbers, ratio)
    Console().print(table)


def write(latencies: Sequence[Latency], photo: Path, target: Path) -> None:
    """Writes `overhead.json`."""
    document = {
        "photo": {"file": photo.name, "size_bytes": photo.stat().st_size},
        "cpu_cores": os.cpu_count(),
        "load_average_1_min": os.getloadavg()[0],
        "latencies": [asdict(each) for each in latencies],
        "p50_overhead": {
            str(clients): overhead(latencies, clients) for clients in {each.clients for each in latencies}
        },
        "p50_overhead_bar_at_1_client": OVERHEAD_BAR,
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
