"""Counts what a process holds open, to find leaks."""

from __future__ import annotations

import gc
import os
from pathlib import Path


def open_files(pid: int | None = None) -> int:
    """How many descriptors process `pid` (this one if absent) has open, less what only awaits the collector."""
    gc.collect()
    return sum(1 for _ in Path(f"/proc/{pid or os.getpid()}/fd").iterdir())


def child_pids(pid: int) -> list[int]:
    """The children that the first thread of process `pid` has forked and not yet collected."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
