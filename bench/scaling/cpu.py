"""CPU seconds of a process and everything below it, decoding children that have ended included."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS_HZ = os.sysconf("SC_CLK_TCK")
# After the name in parentheses, which may hold spaces: user, system, and the same of children that were waited for.
_FIRST, _LAST = 11, 15


def cpu_s(pid: int) -> float:
    """User and system time of the tree so far; 0 for a process that is gone."""
    return _own_s(pid) + sum(cpu_s(child) for child in children(pid))


def by_service(stack_pid: int) -> dict[str, float]:
    """CPU seconds so far of each program that `telltale up` runs, by name; what does not run as a module by its file's name."""
    return {_name(pid): cpu_s(pid) for pid in children(stack_pid)}


def children(pid: int) -> list[int]:
    """Processes whose parent it is."""
    found = (_read(str(path)) for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for line in found for child in line.split()]


def difference(after: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    """What was spent in between, by name."""
    return {name: spent - before.get(name, 0.0) for name, spent in after.items()}


def _own_s(pid: int) -> float:
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return sum(map(int, fields[_FIRST:_LAST])) / _TICKS_HZ


def _name(pid: int) -> str:
    words = _read(f"/proc/{pid}/cmdline").split("\0")
    return words[words.index("-m") + 1] if "-m" in words else Path(words[0]).name


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""  # it ended meanwhile
