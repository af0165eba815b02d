"""The preparation's findings as JSON and as Markdown."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from colab_training.metrics import Estimate
from colab_training.preparation.leakage import Leakage, Recurrence
from colab_training.preparation.quality import Reason, Rejection
from colab_training.preparation.statistics import SourceStatistics, Spread
from colab_training.shortcuts import FAMILIES

# Above this a plain network can get far without looking at faces.
LOUD_AUC = 0.6
_MOST_LISTED = 20


@dataclass(frozen=True)
class Report:
    """All findings of one run."""

    pictures: int
    kept: int
    statistics: Sequence[SourceStatistics]
    rejections: Sequence[Rejection]
    leakage: Leakage
    frames: int

    def document(self) -> dict[str, Any]:
        """The report as plain JSON values; nan is null."""
        rejected = [
            {"file": each.sample.file, "reason": each.reason.value, "other": each.other} for each in self.rejections
        ]
        plain = dataclasses.asdict(dataclasses.replace(self, rejections=[])) | {"rejections": rejected}
        return dict(_without_nan(plain))


def markdown(report: Report) -> str:
    """The report for people."""
    sections = [
        f"# Data\n\n{report.pictures} pictures, {report.kept} kept, {report.frames} frames of clips. "
        "Spreads are 5% – median – 95%.",
        "## Sources\n\n" + _table(_SOURCE_COLUMNS, [_source(each) for each in report.statistics]),
        "## Left out\n\n" + _left_out(report.rejections),
        "## Leakage\n\n" + _leakage(report.leakage),
    ]
    return "\n\n".join(sections) + "\n"


_SOURCE_COLUMNS = (
    "source",
    "pictures",
    "groups",
    "fit / calibration / val",
    "format",
    "subsampling",
    "width px",
    "JPEG quality",
    "face px",
    "no face",
    "sharpness",
    "mean RGB",
)


def _source(row: SourceStatistics) -> list[str]:
    return [
        f"{row.source} {'fake' if row.fake else 'real'}",
        str(row.pictures),
        str(row.groups),
        " / ".join(str(row.parts.get(name, 0)) for name in ("fit", "calibration", "val")),
        _counts(row.formats),
        _counts(row.subsamplings),
        _spread(row.width_px),
        _spread(row.jpeg_quality),
        _spread(row.face_px),
        str(row.without_face),
        " – ".join(f"{value:.3f}" for value in row.sharpness),
        " ".join(f"{value:.0f}" for value in row.mean_colour),
    ]


def _left_out(rejected: Sequence[Rejection]) -> str:
    if not rejected:
        return "Nothing."
    counts = Counter((each.sample.source, each.sample.fake, each.reason) for each in rejected)
    columns = sorted({(source, fake) for source, fake, _ in counts})
    head = ["why", *(f"{source} {'fake' if fake else 'real'}" for source, fake in columns)]
    rows = [[reason.value, *(str(counts[source, fake, reason]) for source, fake in columns)] for reason in Reason]
    return _table(head, [row for row in rows if any(cell != "0" for cell in row[1:])])


def _leakage(found: Leakage) -> str:
    crossing = [pair for pair in found.recurrences if pair.crosses_val]
    rows = [[source, *(_cell(row[name]) for name in FAMILIES)] for source, row in found.shortcuts.items()]
    loud = [source for source, row in found.shortcuts.items() if row["all"].value > LOUD_AUC]
    lines = [
        f"What the outside of a file alone tells: AUC of a random forest, never tested on a group it saw. "
        f"Above {LOUD_AUC}: {', '.join(loud) or 'none'}.",
        _table(["source", *FAMILIES], rows),
        f"Groups of the manifest in two splits: {len(found.groups_in_two_splits)}. "
        f"Recordings that two groups of the manifest share: {len(found.recurrences)} pairs of pictures, "
        f"{sum(pair.same_bytes for pair in found.recurrences)} of them byte for byte, {len(crossing)} of them across val, "
        f"{sum(pair.same_bytes for pair in crossing)} byte for byte across val. "
        f"Joined groups in two splits: {len(found.joined_groups_in_two_splits)}. "
        f"Files called real here and fake there: {len(found.contradictions)}.",
        "Groups are recordings, not people: a person who was filmed twice is in two groups, and this report cannot see that.",
    ]
    return "\n\n".join([*lines, *([_pairs(crossing)] if crossing else [])])


def _pairs(pairs: Sequence[Recurrence]) -> str:
    rows = [
        [f"`{pair.first}`", pair.parts[0], f"`{pair.second}`", pair.parts[1], "yes" if pair.same_bytes else ""]
        for pair in sorted(pairs, key=lambda pair: not pair.same_bytes)[:_MOST_LISTED]
    ]
    return _table(["picture", "part", "shows the same as", "part", "byte for byte"], rows)


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(columns)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *rows])


def _cell(estimate: Estimate) -> str:
    return "too few groups" if math.isnan(estimate.value) else str(estimate)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "–"


def _spread(spread: Spread | None) -> str:
    return " – ".join(f"{value:.0f}" for value in spread) if spread else "–"


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(entry) for entry in value]
    return None if isinstance(value, float) and math.isnan(value) else value
