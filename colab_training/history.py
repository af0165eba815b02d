"""How a training went, epoch by epoch, beside its checkpoint; a resumed run goes on writing."""

from __future__ import annotations

import json
from pathlib import Path


def history_file(checkpoint: Path) -> Path:
    """Where the history of a checkpoint lies."""
    return checkpoint.with_suffix(".history.jsonl")


def note(checkpoint: Path, epoch: int, **measured: float) -> None:
    """Adds what was measured after an epoch (1, 2, ...)."""
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    with history_file(checkpoint).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"epoch": epoch, **measured}) + "\n")


def course(checkpoint: Path) -> dict[str, list[float]]:
    """Measured quantity to its values by epoch; an epoch that was run twice counts as it came out last."""
    lines = history_file(checkpoint).read_text(encoding="utf-8").splitlines()
    epochs = {entry.pop("epoch"): entry for entry in map(json.loads, lines)}
    last_run = [epochs[epoch] for epoch in sorted(epochs)]
    return {name: [entry[name] for entry in last_run] for name in last_run[-1]} if last_run else {}
