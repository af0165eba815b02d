"""Does it take no more time and memory?"""

from __future__ import annotations

from typing import Final

from promotion.gates.case import Case
from promotion.measurements import Side
from telltale.model.v1 import registry_pb2

SPEED: Final = "speed"
MEMORY: Final = "memory"
_MIB: Final = 2**20


def speed(case: Case) -> registry_pb2.Gate:
    """Processor time of the detector over all items, as a multiple of what is live; both were measured in turns."""
    measured = case.measurements
    if measured.live is None:
        return _first_speed(case)
    ours, theirs = _cpu_s(measured.candidate), _cpu_s(measured.live)
    bound = case.policy.max_speed_ratio
    finding = (
        f"{_milliseconds(ours / len(measured.items))} a file, live {_milliseconds(theirs / len(measured.items))}: "
        f"{ours / theirs:.2f} times as long, and at most {bound:g} times may be"
    )
    return _of_both(
        SPEED, ours <= bound * theirs, finding, ours / len(measured.items), theirs / len(measured.items), case
    )


def memory(case: Case) -> registry_pb2.Gate:
    """Peak memory of the process with all models of the service."""
    measured, policy = case.measurements, case.policy
    ours = measured.candidate.peak_rss_bytes
    theirs = measured.live.peak_rss_bytes if measured.live else ours
    finding = f"at most {ours / _MIB:.0f} MiB"
    if measured.live:
        finding += (
            f", live {theirs / _MIB:.0f} MiB: {ours / theirs:.2f} times as much, "
            f"and at most {policy.max_memory_ratio:g} times may be"
        )
    finding += f"; {policy.max_rss_bytes / _MIB:.0f} MiB are allowed"
    passed = ours <= policy.max_rss_bytes and ours <= policy.max_memory_ratio * theirs
    return _of_both(MEMORY, passed, finding, float(ours), float(theirs) if measured.live else None, case)


def _first_speed(case: Case) -> registry_pb2.Gate:
    told, slow = [], False
    for kind in sorted({item.kind for item in case.measurements.items}):
        pairs = zip(case.measurements.items, case.measurements.candidate.readings, strict=True)
        taken = [reading.cpu_s for item, reading in pairs if item.kind == kind]
        mean_s, bound_s = sum(taken) / len(taken), case.policy.max_cpu_s.get(kind, 0.0)
        slow = slow or mean_s > bound_s
        told.append(f"{_milliseconds(mean_s)} a file of kind {kind}, where {_milliseconds(bound_s)} are allowed")
    mean_s = _cpu_s(case.measurements.candidate) / len(case.measurements.items)
    return _of_both(SPEED, not slow, f"nothing is live: {'; '.join(told)}", mean_s, None, case)


def _of_both(name: str, passed: bool, finding: str, ours: float, theirs: float | None, case: Case) -> registry_pb2.Gate:
    items = len(case.measurements.items)
    found = registry_pb2.Gate(name=name, passed=passed, finding=finding, candidate=ours, items=items)
    if theirs is not None:
        found.live = theirs
    return found


def _cpu_s(side: Side) -> float:
    return sum(reading.cpu_s for reading in side.readings)


def _milliseconds(time_s: float) -> str:
    return f"{time_s * 1e3:.1f} ms"
