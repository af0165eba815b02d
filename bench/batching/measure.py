"""One network under some callers, in turns with a plain loop."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Protocol

from bench.batching.inputs import Request
from kit.batching.batcher import Batcher
from kit.batching.cores import Cores
from kit.batching.crew import Crew
from kit.clock import SystemClock
from kit.models.card import LoadedModel
from kit.models.onnx import open_network
from kit.models.runtime import Session, Tensor

CORES = 2
TOGETHER = (1, 2, 4, 8)
CLIENTS = (1, 2, 8, 32)
_WAIT_S = 0.002


class _Runs(Protocol):
    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]: ...


@dataclass(frozen=True)
class Case:
    """A way to ask a network."""

    how: str
    """"bare": runs of the library; "batcher": through kit.batching."""
    threads: int
    """Of one run, when bare; else all cores."""
    together: int
    """Requests in one run, when bare; at most, through the batcher."""
    clients: int
    wait_ms: float = 0.0


@dataclass(frozen=True)
class Turn:
    """What one turn of a case came to."""

    hz: float
    p50_s: float
    p99_s: float
    cpu_s: float
    """Of all threads, per request."""


BASE = Case("bare", CORES, 1, 1)
"""The plain loop: one request after the other, each on all cores."""


def cases(*, free_rows: bool) -> list[Case]:
    """All that are measured of a network; of one without a free batch axis those alone that share no run."""
    counts = TOGETHER if free_rows else (1,)
    bare = [Case("bare", threads, count, 1) for threads in (1, CORES) for count in counts]
    side_by_side = [Case("bare", 1, count, CORES) for count in counts]
    crowds = [
        Case("batcher", CORES, count, clients)
        for count in counts
        for clients in CLIENTS
        if count == 1 or clients > CORES
    ]
    patient = [Case("batcher", CORES, 4, clients, _WAIT_S * 1e3) for clients in (8, 32)] if free_rows else []
    return bare + side_by_side + crowds + patient


def measured(model: LoadedModel, request: Request, rounds: int, turn_s: float) -> dict[str, Any]:
    """Every case: medians over all rounds of its ratio to the plain loop of the same round."""
    narrow, wide = open_network(model), open_network(model, intra_op_threads=CORES)
    found = cases(free_rows=narrow.free_rows)
    turns: dict[Case, list[Turn]] = {case: [] for case in found}
    sessions = {case: _session(case, narrow, wide, request) for case in found}
    for case in found:
        _turn(sessions[case], case, request, turn_s / 4)
    for _ in range(rounds):
        for case in found:
            turns[case].append(_turn(sessions[case], case, request, turn_s))
    base = turns[BASE]
    return {
        "name": request.name,
        "rows": request.rows,
        "free_rows": narrow.free_rows,
        "loop_hz": statistics.median(turn.hz for turn in base),
        "loop_p50_ms": 1e3 * statistics.median(turn.p50_s for turn in base),
        "cases": [asdict(case) | _ratios(turns[case], base) for case in found],
    }


def _session(case: Case, narrow: Any, wide: Any, request: Request) -> Session:
    if case.how == "bare":
        return wide if case.threads > 1 else narrow  # type: ignore[no-any-return]
    crew, cores = Crew(narrow, wide), Cores(CORES, SystemClock())
    return Batcher(
        crew, cores, max_rows=case.together * request.rows if case.together > 1 else 1, max_wait_s=case.wait_ms / 1e3
    )


def _turn(session: Session, case: Case, request: Request, turn_s: float) -> Turn:
    """As many clients as the case has ask again as soon as they are answered."""
    count = case.together if case.how == "bare" else 1
    tensors, took_s = request.times(count), list[float]()
    began_s, cpu_s = time.perf_counter(), time.process_time()
    client = partial(_client, session, tensors, began_s + turn_s, took_s)
    threads = [threading.Thread(target=client) for _ in range(case.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cpu_s, whole_s = time.process_time() - cpu_s, time.perf_counter() - began_s
    done, ordered = count * len(took_s), sorted(took_s)
    return Turn(done / whole_s, statistics.median(ordered), ordered[int(0.99 * len(ordered))], cpu_s / done)


def _client(session: _Runs, tensors: Mapping[str, Tensor], until_s: float, took_s: list[float]) -> None:
    while True:
        started_s = time.perf_counter()
        session.run(tensors)
        ended_s = time.perf_counter()
        took_s.append(ended_s - started_s)
        if ended_s >= until_s:
            return


def _ratios(turns: list[Turn], base: list[Turn]) -> dict[str, float]:
    pairs = list(zip(turns, base, strict=True))
    return {
        "throughput": statistics.median(turn.hz / loop.hz for turn, loop in pairs),
        "p50": statistics.median(turn.p50_s / loop.p50_s for turn, loop in pairs),
        "p99": statistics.median(turn.p99_s / loop.p50_s for turn, loop in pairs),
        "cpu": statistics.median(turn.cpu_s / loop.cpu_s for turn, loop in pairs),
    }
