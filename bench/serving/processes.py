"""A server's processes: what they have cost so far, what they hold, and keeping them still while others are measured."""

from __future__ import annotations

import os
import signal
from pathlib import Path

_TICKS_HZ = os.sysconf("SC_CLK_TCK")
_PSS = "Pss:"


class Tree:
    """A process and all that came of it."""

    def __init__(self, root_pid: int, proc: Path = Path("/proc")) -> None:
        self._root_pid = root_pid
        self._proc = proc

    def pids(self) -> list[int]:
        """Parents first."""
        found = [self._root_pid]
        for pid in found:
            found += self._children(pid)
        return found

    def cpu_s(self) -> float:
        """Seconds of computing, user and system, children that have ended included."""
        return sum(self._ticks(pid) for pid in self.pids()) / _TICKS_HZ

    def memory_bytes(self) -> int:
        """What they hold; what several share counts once (proportional set size)."""
        return sum(self._held(pid) for pid in self.pids())

    def freeze(self) -> None:
        """Nothing of it computes until `thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """All of it, whatever it does."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        for pid in self.pids():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue  # it ended by itself meanwhile

    def _children(self, pid: int) -> list[int]:
        tasks = (self._proc / str(pid) / "task").glob("*/children")
        return [int(child) for path in tasks for child in _read(path).split()]

    def _ticks(self, pid: int) -> int:
        fields = _read(self._proc / str(pid) / "stat").rpartition(")")[2].split()
        return sum(int(each) for each in fields[11:15])

    def _held(self, pid: int) -> int:
        lines = _read(self._proc / str(pid) / "smaps_rollup").splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(_PSS))


def _read(path: Path) -> str:
    """Nothing of a process that has ended meanwhile."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
