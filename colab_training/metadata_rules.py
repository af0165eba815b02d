"""Measures the parameters of the metadata cues and writes their model folder.

Run: python -m colab_training.metadata_rules --config colab_training/configs/metadata_rules.toml --data ../shared/data \
         --out models/metadata_rules/2.0.0
"""

from __future__ import annotations

import argparse
import json
import math
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from colab_training.metadata_files import AUTHENTIC, EDITED, GENERATED, LabelledFile, labelled_files
from colab_training.metadata_previews import foreign_answers, own_answers
from colab_training.metadata_rules_card import write_model
from kit.clock import SystemClock
from metadata_svc.cues import jpeg_structure
from metadata_svc.cues.exif_checks import CHECKS, Conflict, Outcome
from metadata_svc.rules import CAMERA, EDITOR, PARAMETERS_FILE, Rules, parse_rules
from metadata_svc.software import find_traces
from telltale.common.v1 import evidence_pb2

_MIN_HITS = 3


@dataclass(frozen=True)
class Counts:
    """Files where a code fired, of those where it could: among authentic and among changed ones."""

    authentic_hits: int
    authentic_files: int
    changed_hits: int
    changed_files: int


def measured_ratio(counts: Counts) -> float:
    """Natural log-likelihood ratio with half a file added to each cell, drawn towards zero by one standard error."""
    changed, authentic = counts.changed_hits + 0.5, counts.authentic_hits + 0.5
    all_changed, all_authentic = counts.changed_files + 1, counts.authentic_files + 1
    ratio = math.log(changed / all_changed) - math.log(authentic / all_authentic)
    error = math.sqrt(1 / changed - 1 / all_changed + 1 / authentic - 1 / all_authentic)
    return math.copysign(max(abs(ratio) - error, 0.0), ratio)


def decided(entry: Mapping[str, Any], counts: Counts | None) -> dict[str, Any]:
    """A code's value and where it comes from: counts where enough files fired, else the assumption; capped; sign kept."""
    enough = counts is not None and counts.authentic_hits + counts.changed_hits >= _MIN_HITS
    raw = measured_ratio(counts) if counts is not None and enough else float(entry["assumed"])
    cap = float(entry["cap"])
    low, high = (0.0, cap) if entry["assumed"] > 0 else (-cap, 0.0)
    value = round(min(max(raw, low), high), 3) + 0.0  # no negative zero
    basis = {"basis": "measured" if enough else "assumed", "cap": cap, "why": entry["why"]}
    return {"value": value, **basis, **({"counts": vars(counts)} if counts is not None else {})}


def programs(config: Mapping[str, Any]) -> list[dict[str, str]]:
    """The known programs, in the order in which they are tried."""
    return [
        {"name": name, "kind": group["kind"], "pattern": pattern}
        for group in config["programs"]
        for name, pattern in group["names"]
    ]


def encoders(files: Iterable[LabelledFile], rules: Rules) -> dict[str, dict[str, str]]:
    """Owners of quantisation tables that are not the standard's: an editor where one left a mark, else the camera."""
    found: dict[str, dict[str, str]] = {}
    for file in files:
        jpeg = file.facts.reading["jpeg"]
        if jpeg is None or jpeg["standard_tables"]:
            continue
        editors = [trace.name for trace in find_traces(file.facts, rules) if trace.kind == EDITOR]
        # Where several programs signed, the tables that are not the standard's are Adobe's.
        editors.sort(key=lambda name: not name.startswith("Adobe"))
        owner = (editors[0], EDITOR) if editors else (file.facts.camera, CAMERA)
        if owner[0]:
            found.setdefault(jpeg["tables_fingerprint"], {"name": owner[0], "kind": owner[1]})
    return dict(sorted(found.items()))


def counts_of(code: str, files: Sequence[LabelledFile], rules: Rules, now: datetime) -> dict[str, Counts]:
    """Counts of a code by every way of measuring."""
    exif = _exif_answers(code, now)
    generated: Callable[[LabelledFile], bool | None] = lambda file: bool(file.facts.reading["generators"])  # noqa: E731
    return {
        "exif": _count(files, exif, EDITED),
        "camera": _count(files, _camera_answers(code, rules), EDITED),
        "generator": _count(files, generated, GENERATED),
        "preview": _preview_counts(files, now),
    }


def _preview_counts(files: Sequence[LabelledFile], now: datetime) -> Counts:
    own, foreign = own_answers(files, now), foreign_answers(files, now)
    return Counts(sum(own), len(own), sum(foreign), len(foreign))


def _exif_answers(code: str, now: datetime) -> Callable[[LabelledFile], bool | None]:
    def fired(file: LabelledFile) -> bool | None:
        answers = [(check.__name__, check(file.facts, now)) for check in CHECKS if code == f"exif_{check.__name__}"]
        answer = answers[0][1] if answers else Outcome.NOT_ASKED
        return None if answer is Outcome.NOT_ASKED else isinstance(answer, Conflict)

    return fired


def _camera_answers(code: str, rules: Rules) -> Callable[[LabelledFile], bool | None]:
    def fired(file: LabelledFile) -> bool | None:
        jpeg = file.facts.reading["jpeg"]
        if jpeg is None or not file.facts.camera:
            return None
        return jpeg_structure.reason(file.facts, jpeg, rules) == code

    return fired


def _count(files: Sequence[LabelledFile], fired: Callable[[LabelledFile], bool | None], changed: str) -> Counts:
    answers = [(file.label, answer) for file in files if (answer := fired(file)) is not None]
    authentic = [answer for label, answer in answers if label == AUTHENTIC]
    others = [answer for label, answer in answers if label == changed]
    return Counts(sum(authentic), len(authentic), sum(others), len(others))


def fit(config: Mapping[str, Any], files: Sequence[LabelledFile], now: datetime) -> dict[str, Any]:
    """The parameter document."""
    document: dict[str, Any] = {"log_likelihood_ratios": {}, "programs": programs(config), "encoders": {}}
    nobody = evidence_pb2.ModelReference()
    document["encoders"] = encoders(files, parse_rules(document, nobody))
    without_editors = parse_rules({**document, "encoders": {}}, nobody)
    for code, entry in config["ratios"].items():
        way = entry["measured"]
        counts = counts_of(code, files, without_editors, now)[way] if way else None
        document["log_likelihood_ratios"][code] = decided(entry, counts)
    return document


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("colab_training/configs/metadata_rules.toml"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("models/metadata_rules/2.0.0"))
    parser.add_argument("--date", type=datetime.fromisoformat, default=SystemClock().now())
    options = parser.parse_args(arguments)
    now = options.date.replace(tzinfo=UTC)
    files = list(labelled_files(options.data))
    config = tomllib.loads(options.config.read_text(encoding="utf-8"))
    document = fit(config, files, now)
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (options.out / PARAMETERS_FILE).write_text(text, encoding="utf-8")
    write_model(document, files, options.data, options.out, now)


if __name__ == "__main__":
    main()
