"""Predictions for tests of the monitor of drift."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kit.predictions import Prediction, to_line
from monitoring.drift.quantities import ABSTENTION, ANSWERED, CUE, NOT_ASKED
from monitoring.drift.reference import Numbers, Reference

PHOTO = Prediction(
    time_s=1_800_000_000,
    medium="photo",
    form="jpeg",
    megabytes=1.0,
    megapixels=2.0,
    duration_s=None,
    label="AUTHENTIC",
    risk_score=20.0,
    findings={"face": -1.0},
    abstentions={},
    models={"face": "1.0.0"},
    seconds={},
    recalled=False,
)


def usual(count: int, seed: int = 1, **changes: Any) -> list[Prediction]:
    """Photos of two megapixels or so, a second apart; one in ten has no face, and one in five scores high."""
    chance = np.random.default_rng(seed)
    return [replace(_usual(number, chance), **changes) for number in range(count)]


def _usual(number: int, chance: np.random.Generator) -> Prediction:
    faceless, high = chance.random() < 0.1, chance.random() < 0.2
    score = float(chance.uniform(80, 99) if high else chance.uniform(5, 60))
    return replace(
        PHOTO,
        time_s=PHOTO.time_s + number,
        form="png" if chance.random() < 0.05 else "jpeg",
        megabytes=float(chance.lognormal(0, 0.5)),
        megapixels=float(chance.lognormal(0.7, 0.3)),
        label="SUSPICIOUS" if score >= 95 else "INCONCLUSIVE" if faceless else "AUTHENTIC",
        risk_score=score,
        findings={} if faceless else {"face": float(chance.normal())},
        abstentions={"face": "NO_FACE"} if faceless else {},
    )


def drawn(medium: str, reference: Reference, count: int, seed: int) -> list[Prediction]:
    """Predictions whose quantities are distributed as in a reference, each by itself."""
    chance = np.random.default_rng(seed)
    numbers = {what: _draw(own, count, chance) for what, own in reference.numbers.items()}
    names = {what: _named(own, count, chance) for what, own in reference.names.items()}
    labels = _named(reference.labels, count, chance)
    made = []
    for number in range(count):
        said = {what.removeprefix(ABSTENTION): names[what][number] for what in names if what.startswith(ABSTENTION)}
        findings = {cue: float(numbers[CUE + cue][number]) if CUE + cue in numbers else 0.0 for cue in said}
        made.append(
            Prediction(
                time_s=PHOTO.time_s + number,
                medium=medium,
                form=names["form"][number],
                megabytes=float(numbers["megabytes"][number]),
                megapixels=float(numbers["megapixels"][number]) if "megapixels" in numbers else None,
                duration_s=float(numbers["duration_s"][number]) if "duration_s" in numbers else None,
                label=labels[number],
                risk_score=float(numbers["risk_score"][number]),
                findings={cue: ratio for cue, ratio in findings.items() if said[cue] == ANSWERED},
                abstentions={cue: name for cue, name in said.items() if name not in (ANSWERED, NOT_ASKED)},
                models={},
                seconds={},
                recalled=False,
            )
        )
    return made


def write_log(folder: Path, predictions: Iterable[Prediction], key: str = "2027-01-15/080000-a.jsonl") -> Path:
    """A segment of a prediction log."""
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(to_line(own) for own in predictions), encoding="utf-8")
    return folder


def _draw(own: Numbers, count: int, chance: np.random.Generator) -> Sequence[float]:
    values: Sequence[float] = chance.choice(own.values, count, p=np.array(own.counts) / own.size).tolist()
    return values


def _named(counts: dict[str, int] | Any, count: int, chance: np.random.Generator) -> Sequence[str]:
    shares = np.array(list(counts.values())) / sum(counts.values())
    found: Sequence[str] = chance.choice(list(counts), count, p=shares).tolist()
    return found
