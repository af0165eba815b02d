"""The section on small variants in docs/models.md: one row a model, replaced when that model is measured again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from colab_training.card_text import table
from colab_training.quantise.compare import Proof

BEGIN, END = "<!-- small variants -->", "<!-- end of small variants -->"
_COLUMNS = (
    "variant", "of", "AUC less the original's", "calibration error less the original's", "times as fast", "CPU ms a run",
    "size", "offered",
)  # fmt: skip


def row(name: str, version: str, of: str, proof: Proof, objections: Sequence[str]) -> tuple[str, ...]:
    """One model's cells."""
    return (
        f"{name} {version}",
        of,
        str(proof.auc or "–"),
        str(proof.ece or "–"),
        str(proof.speed.ratio),
        f"{proof.speed.variant_ms:.1f} for {proof.speed.original_ms:.1f}",
        f"1/{proof.size_ratio:.1f}",
        f"no: {'; '.join(objections)}" if objections else "yes",
    )


def write_row(page: Path, cells: tuple[str, ...]) -> None:
    """Puts a model's row into the page in place of the one that it had. Raises ValueError: the page has no such section."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    inside, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no section between {BEGIN} and {END}")
    name = cells[0].split()[0]
    others = [entry for entry in _rows(inside) if entry[0].split()[0] != name]
    page.write_text(f"{before}{BEGIN}\n\n{table(_COLUMNS, sorted([*others, cells]))}\n\n{END}{after}", encoding="utf-8")


def _rows(section: str) -> list[tuple[str, ...]]:
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]) for line in lines]
