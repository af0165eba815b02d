"""All numbers of one run of the accuracy benchmark, and the same as JSON."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.accuracy.measure import Quality
from bench.accuracy.robustness import Cell
from colab_training.metrics import Estimate
from colab_training.source_equalisation import Alike

# The record of `python -m bench.accuracy.left_out`.
LEFT_OUT_FILE = "left_out.json"
QualityTable = Mapping[str, Mapping[str, Quality]]


@dataclass(frozen=True)
class Report:
    """What `run` found. Tables of quality go by detector, then by slice of the pictures."""

    models: Mapping[str, str]
    learned: list[str]
    """Sources that the detectors learned from, as their cards say."""
    filed: QualityTable
    """Split val, files as they are."""
    alike: QualityTable
    """Split val, both classes made alike."""
    unlearned_filed: QualityTable
    """Sources that nothing was learned from, their parts fit and val."""
    unlearned_alike: QualityTable
    soft: QualityTable
    """Sources whose classes come from pictures of different sizes: made alike and softened; split val, unlearned also fit."""
    alike_how: Mapping[str, Alike]
    without_face: Mapping[str, int]
    """Pictures by source of which no equalised copy could be made."""
    shortcuts: Mapping[str, Mapping[str, Estimate]]
    abstained: Mapping[str, Estimate]
    false_alarms: Mapping[str, Mapping[str, Estimate]]
    labels: Mapping[str, Mapping[str, int]]
    scenes: Mapping[str, int]
    robustness: Mapping[str, Cell]
    robustness_items: Mapping[str, int]
    left_out: Mapping[str, Any] | None
    """Recorded results of `python -m bench.accuracy.left_out`, if there are any."""

    def document(self) -> dict[str, Any]:
        """The report as plain JSON values; what could not be measured is null."""
        plain: dict[str, Any] = _plain(dataclasses.asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, float):
        return round(value, 5) if math.isfinite(value) else None
    return value
