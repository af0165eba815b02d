"""Does the alarm come, and only then? `python -m bench.drift`: 500 photos as they are, and 500 changed in each of three ways.

No group of them is in the reference. Fails when photos as they are raise an alarm, or changed ones raise none.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.drift.exported import alarms_of
from bench.drift.feed import Content, feed
from bench.drift.photos import FED, content, counted, noisy, one_kind, read_samples, smaller
from bench.drift.quiet import WINDOWS, false_alarms
from colab_training.manifest import Sample
from monitoring.drift.compare import Report, compare
from monitoring.drift.log import newest, open_log, read_all
from monitoring.drift.reference import SHIPPED, read


@dataclass(frozen=True)
class Case:
    """Photos that are fed, and whether an alarm is due."""

    samples: Sequence[Sample]
    content: Content
    due: bool


def main() -> None:
    """Command line."""
    options = _options()
    reference = read(options.reference).media["photo"]
    found: dict[str, Any] = {}
    for name, case in _cases(options.data).items():
        with TemporaryDirectory(prefix="telltale-drift-") as folder:
            log = Path(folder) / "log"
            feed(options.models, case.samples, case.content, log)
            windows = newest([read_all(open_log(str(log)))], 0.0, FED)
            report = compare("photo", reference, windows["photo"])
            exported = alarms_of(log, options.reference)
        found[name] = _document(case, report, exported)
        if not case.due:
            found[name]["false_alarms"] = {"windows": WINDOWS, "with_an_alarm": false_alarms(windows["photo"])}
            print(f"drawn anew from these: {found[name]['false_alarms']}", flush=True)
        print(
            f"{name}: {report.predictions} photos, alarm {'yes' if report.moved else 'no'}, exported {exported}",
            flush=True,
        )
        for own in report.moved:
            print(f"  {own.words.sentence if own.words else ''}", flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "drift.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    wrong = [name for name, own in found.items() if not own["right"]]
    sys.exit(f"wrong: {', '.join(wrong)}" if wrong else 0)


def _cases(data: Path) -> Mapping[str, Case]:
    _, later = read_samples(data)
    usual = later[:FED]
    return {
        "as they are": Case(usual, lambda own: content(data, own), due=False),
        "a third as wide, quality 30": Case(usual, lambda own: smaller(content(data, own)), due=True),
        "noise": Case(usual, lambda own: noisy(content(data, own)), due=True),
        "swapped faces alone": Case(one_kind(later), lambda own: content(data, own), due=True),
    }


def _document(case: Case, report: Report, exported: int) -> dict[str, Any]:
    alarm = bool(report.moved)
    return {
        "photos": counted(case.samples),
        "alarm": alarm,
        "alarms_exported": exported,
        "right": alarm == case.due == bool(exported),
        "psi": {own.what: round(own.psi, 3) for own in report.quantities if own.psi is not None},
        "moved": [own.words.sentence for own in report.moved if own.words is not None],
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.drift", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled media, with faces/")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--reference", type=Path, default=SHIPPED)
    parser.add_argument("--out", type=Path, default=Path("bench/out"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
