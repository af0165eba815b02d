"""Peak memory of services while they work, decoding children included."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_INTERVAL_S = 0.1


@contextmanager
def watched(root_pid: int) -> Iterator[dict[str, float]]:
    """Highest private and shared memory in MiB (proportional set size) of each service below a process, by name.

    The answer is complete when the block ends.
    """
    peaks: dict[str, float] = {}
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(_INTERVAL_S):
            for name, held in held_mib(root_pid, "Pss").items():
                peaks[name] = max(peaks.get(name, 0.0), held)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peaks
    finally:
        stop.set()
        thread.join()


def held_mib(root_pid: int, measure: str) -> dict[str, float]:
    """What each service below a process holds now, in MiB, decoding children included, by name.

    `measure` is a line of smaps_rollup: "Pss" shares what is shared, and so depends on who else runs; "Anonymous" does not.
    """
    return {name: _tree_mib(pid, measure) for pid in _children(root_pid) if (name := _name(pid))}


def _name(pid: int) -> str:
    words = _read(f"/proc/{pid}/cmdline").split("\0")
    return words[words.index("-m") + 1] if "-m" in words else Path(words[0]).name


def _tree_mib(pid: int, measure: str) -> float:
    return _own_mib(pid, measure) + sum(_tree_mib(child, measure) for child in _children(pid))


def _own_mib(pid: int, measure: str) -> float:
    lines = _read(f"/proc/{pid}/smaps_rollup").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{measure}:")) / 1024


def _children(pid: int) -> list[int]:
    return [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in _read(str(path)).split()]


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
        return ""
