"""The measurements as tables for people and as JSON for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.sound.parts import LIP_PARTS, VOICE_PARTS

VOICE_BAR_S = 1.5
"""From 30 seconds of sound to the evidence of the voice, median."""
LIPS_BAR_S = 3.0
"""From the faces of ten seconds of video to the evidence of the lips, median."""
MEMORY_BAR_MIB = 1.5 * 1024


@dataclass(frozen=True)
class Parts:
    """Median seconds of each part on one file."""

    file: str
    length_s: float
    rounds: int
    p50_s: dict[str, float]

    @classmethod
    def of(cls, file: str, length_s: float, rounds: Sequence[Mapping[str, float]]) -> Parts:
        """Medians over some rounds."""
        medians = {part: float(np.median([taken_s[part] for taken_s in rounds])) for part in rounds[0]}
        return cls(file, length_s, len(rounds), medians)

    def together_s(self, parts: Sequence[str]) -> float:
        """Some parts one after the other."""
        return sum(self.p50_s[part] for part in parts)


@dataclass(frozen=True)
class Answer:
    """One file through REST."""

    file: str
    length_s: float
    depth: str
    size_mib: float
    took_s: float
    label: str
    peak_mib: dict[str, float]


Check = tuple[float, float]


def checks(voice: Parts, talk: Parts, answers: Sequence[Answer]) -> dict[str, Check]:
    """What was measured and what is allowed, by name."""
    heaviest_mib = max(answer.peak_mib["av_sync_svc"] for answer in answers)
    return {
        f"voice of {voice.length_s:.0f} s, s": (voice.together_s(VOICE_PARTS), VOICE_BAR_S),
        f"lips of {talk.length_s:.0f} s, s": (talk.together_s(LIP_PARTS), LIPS_BAR_S),
        "peak of av_sync_svc, MiB": (heaviest_mib, MEMORY_BAR_MIB),
    }


def show(parts: Sequence[Parts], answers: Sequence[Answer]) -> None:
    """Prints the tables."""
    inside = Table("inside the service, s", *(each.file for each in parts))
    for part in parts[-1].p50_s:
        inside.add_row(part, *(f"{each.p50_s[part]:.2f}" if part in each.p50_s else "" for each in parts))
    inside.add_row("per second of playing time", *(f"{sum(each.p50_s.values()) / each.length_s:.3f}" for each in parts))
    rest = Table("through REST", "depth", "file MiB", "s", "s/s", "peak MiB", "label")
    for each in answers:
        numbers = (f"{each.size_mib:.1f}", f"{each.took_s:.2f}", f"{each.took_s / each.length_s:.3f}")
        words = (each.depth.removeprefix("DEPTH_").lower(), each.label.removeprefix("LABEL_"))
        rest.add_row(each.file, words[0], *numbers, f"{each.peak_mib['av_sync_svc']:.0f}", words[1])
    Console().print(inside, rest)


def write(parts: Sequence[Parts], answers: Sequence[Answer], found: Mapping[str, Check], target: Path) -> None:
    """Writes `sound.json`."""
    document = {
        "cpu_cores": os.cpu_count(),
        "load_average_1_min": os.getloadavg()[0],
        "parts": [asdict(each) for each in parts],
        "rest": [asdict(each) for each in answers],
        "checks": {name: {"value": value, "bar": bar} for name, (value, bar) in found.items()},
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
