"""Prints milliseconds that an entry of the audit log costs a call, and entries a second of a check with the memory that it takes.

Run: python -m bench.audit [--database postgresql+psycopg://…] [--entries 1000000]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Sequence

from gateway.audit.chain import checked_chain
from gateway.audit.entry import OK, Event
from gateway.audit.log import MOST_AT_ONCE, AuditLog
from gateway.storage.database import open_database
from gateway.storage.sql_audit import SqlAudit
from kit.clock import SystemClock

_ALONE = 1_000
_RATES_PER_S = (50, 200, 1_000)
_SECONDS = 10
_EVENT = Event(
    time_ms=1_767_225_600_000,
    method="GetAnalysis",
    outcome=OK,
    token_id="0" * 26,
    owner="alice",
    resources=(f"analyses/{'0' * 26}",),
    network="192.0.2.0/24",
    request_id="0b8bb6a0-5a0f-4a0b-9d30-2f0e0a4d9c11",
)


def main() -> None:
    """Command line."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(options.database or f"sqlite+aiosqlite:///{folder}/t.db", options.entries))


async def _measure(url: str, entries: int) -> None:
    async with open_database(url) as database:
        rows = SqlAudit(database)
        log = AuditLog(rows, SystemClock())
        print(_line("one call after the other", [await _timed(log) for _ in range(_ALONE)]))
        for rate_per_s in _RATES_PER_S:
            print(_line(f"{rate_per_s} calls a second, at random", await _arriving(log, rate_per_s)))
        print(f"appended: {await _fill(rows, entries):.0f} entries/s in transactions of {MOST_AT_ONCE}")
        before_mib, start_s = _peak_mib(), time.perf_counter()
        finding = await checked_chain(rows.entries())
        took_s = time.perf_counter() - start_s
        print(
            f"checked: {finding.checked} entries in {took_s:.1f} s, {finding.checked / took_s:.0f} entries/s, "
            f"peak memory {before_mib:.0f} MiB before and {_peak_mib():.0f} MiB after; problem: {finding.problem or 'none'}"
        )


async def _timed(log: AuditLog) -> float:
    start_s = time.perf_counter()
    await log.record(_EVENT)
    return (time.perf_counter() - start_s) * 1000


async def _arriving(log: AuditLog, rate_per_s: int) -> list[float]:
    calls: list[asyncio.Task[float]] = []
    end_s = time.perf_counter() + _SECONDS
    while time.perf_counter() < end_s:
        await asyncio.sleep(random.expovariate(rate_per_s))
        calls.append(asyncio.create_task(_timed(log)))
    return await asyncio.gather(*calls)


async def _fill(rows: SqlAudit, entries: int) -> float:
    start_s = time.perf_counter()
    for _ in range(entries // MOST_AT_ONCE):
        await rows.append([_EVENT] * MOST_AT_ONCE)
    return entries / (time.perf_counter() - start_s)


def _line(what: str, times_ms: Sequence[float]) -> str:
    ordered = sorted(times_ms)
    p95, p99 = (ordered[int(len(ordered) * share)] for share in (0.95, 0.99))
    return f"{what}: p50 {statistics.median(ordered):.2f} ms, p95 {p95:.2f} ms, p99 {p99:.2f} ms (n={len(ordered)})"


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.audit", description=__doc__)
    parser.add_argument(
        "--database", default="", help="SQLAlchemy URL of an empty database [SQLite in a temporary folder]"
    )
    parser.add_argument("--entries", type=int, default=1_000_000, help="how many are checked")
    return parser.parse_args()


if __name__ == "__main__":
    main()
