"""Keeps an eye on processes: that none has died, and what each of them holds."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FLAT = 0.05
"""Growth that is no leak: allocators keep what they were once given."""

_FEWEST_FILES = 8


@dataclass(frozen=True)
class Held:
    """What a process holds: resident memory, and open files."""

    rss_mib: float
    files: int


@dataclass
class Watch:
    """Looks at processes again and again.

    Attributes:
        pids: by name.
        seen: all looks, by name.
    """

    pids: Mapping[str, int]
    seen: dict[str, list[Held]] = field(default_factory=dict)

    def look(self) -> None:
        """Notes what each process holds. Raises FileNotFoundError when one has died."""
        for name, pid in self.pids.items():
            self.seen.setdefault(name, []).append(held_by(pid))

    def growth(self) -> dict[str, dict[str, float]]:
        """Of each process: medians of the first and of the last third of the looks, and how much more the latter is."""
        found = {}
        for name, looks in self.seen.items():
            third = max(1, len(looks) // 3)
            early, late = looks[:third], looks[-third:]
            before, after = (statistics.median(each.rss_mib for each in part) for part in (early, late))
            files = [statistics.median(each.files for each in part) for part in (early, late)]
            found[name] = {
                "rss_mib_before": before, "rss_mib_after": after, "rss_growth": after / before - 1,
                "files_before": files[0], "files_after": files[1],
            }  # fmt: skip
        return found

    def leaks(self) -> list[str]:
        """Names of processes that hold more than before."""
        return [
            name
            for name, each in self.growth().items()
            if each["rss_growth"] > FLAT
            or each["files_after"] > each["files_before"] + max(_FEWEST_FILES, FLAT * each["files_before"])
        ]


def held_by(pid: int) -> Held:
    """What a process holds now. Raises FileNotFoundError when there is none."""
    folder = Path(f"/proc/{pid}")
    lines = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    return Held(int(lines["VmRSS"].split()[0]) / 1024, sum(1 for _ in (folder / "fd").iterdir()))
