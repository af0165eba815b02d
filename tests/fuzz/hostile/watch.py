"""What the processes of a stack hold: memory and descriptors, and whether they are still the same ones."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.descriptors import child_pids
from tests.support.stack import Stack

GROWTH = 1.05
_LEAST_GROWTH_BYTES = 4 * 2**20  # of small processes a single arena is more than 5 %
_LEAST_GROWTH_FILES = 8  # connections of two pools that came to be used; SQLite opens two files for each
_PAGE_BYTES = 4096


@dataclass(frozen=True)
class Reading:
    """One look: resident bytes and descriptors by process."""

    resident_bytes: Mapping[str, int]
    descriptors: Mapping[str, int]


def processes(stack: Stack) -> dict[str, int]:
    """Process ids of everything that `telltale up` has started, by name; each service's forker of decoders with it."""
    found: dict[str, int] = {}
    for pid in child_pids(stack.process.pid):
        name = _name(pid)
        found[name] = pid
        for child in child_pids(pid):
            found[f"{name}: {_name(child)}"] = child
    return found


def _name(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return words[2] if words[1:2] == ["-m"] else Path(words[0]).name


def read(pids: Mapping[str, int]) -> Reading:
    """A look at all of them."""
    return Reading(
        {name: int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES for name, pid in pids.items()},
        {name: sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()) for name, pid in pids.items()},
    )


@dataclass(frozen=True)
class Trend:
    """How the memory of one process went on, after its warming up: medians of the first and the last third of the looks."""

    early_bytes: float
    late_bytes: float
    early_descriptors: float
    late_descriptors: float

    @property
    def leaks(self) -> bool:
        """Whether it holds over 5 % more memory than before, or more descriptors than pools take."""
        allowed = max(self.early_bytes * (GROWTH - 1), _LEAST_GROWTH_BYTES)
        files = self.late_descriptors - self.early_descriptors
        return self.late_bytes - self.early_bytes > allowed or files > _LEAST_GROWTH_FILES


def trends(looks: Sequence[Reading]) -> dict[str, Trend]:
    """The trend of every process over these looks, warming up left out."""
    third = max(1, len(looks) // 3)
    early, late = looks[:third], looks[-third:]
    return {
        name: Trend(
            statistics.median(look.resident_bytes[name] for look in early),
            statistics.median(look.resident_bytes[name] for look in late),
            statistics.median(look.descriptors[name] for look in early),
            statistics.median(look.descriptors[name] for look in late),
        )
        for name in looks[0].resident_bytes
    }
