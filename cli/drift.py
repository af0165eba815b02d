"""`telltale drift`: what has moved in a prediction log, by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from cli.options import runs, say
from cli.plain import plain
from monitoring.drift.compare import CHANCE, Report, compare
from monitoring.drift.log import newest, open_log, read_all
from monitoring.drift.reference import LEAST, OWN_REFERENCE, SHIPPED, read

EXIT_MOVED: Final = 42


@click.command()
@click.option("--log", required=True, metavar="FOLDER", help="Folder of a prediction log: a path, s3://… or gs://…")
@click.option(
    "--reference",
    type=click.Path(path_type=Path),
    default=SHIPPED,
    help="What to compare with [the one that is shipped].",
)
@click.option(
    "--window",
    type=click.IntRange(min=LEAST),
    default=500,
    show_default=True,
    help="The newest so many predictions of each medium.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@runs
async def drift(log: str, reference: Path, window: int, as_json: bool) -> None:
    """Says what has moved between the reference and the newest predictions: exit code 0 nothing, 42 something."""
    references, lines = read(reference), read_all(open_log(log))
    windows = newest([lines], 0.0, window)
    reports = [compare(medium, references.media.get(medium), own) for medium, own in windows.items()]
    if lines.foreign:
        say(f"{lines.foreign} lines of {log} are no predictions, half written or foreign; they were left out")
    if reference == SHIPPED and any(report.moved for report in reports):
        say(f"the reference is the shipped one. {OWN_REFERENCE}")
    click.echo(json.dumps(_document(reports, lines.foreign)) if as_json else plain(_text(reports), keep="\n"))
    sys.exit(EXIT_MOVED if any(report.moved for report in reports) else 0)


def _document(reports: Sequence[Report], foreign: int) -> dict[str, Any]:
    media = {
        report.medium: {
            "predictions": report.predictions,
            "remark": report.remark,
            "quantities": {own.what: {**_facts(own.psi, own.ks), "alarm": own.alarm} for own in report.quantities},
            "moved": [own.words.sentence for own in report.moved if own.words is not None],
            "to_do": _advice(report),
        }
        for report in reports
    }
    return {"media": media, "foreign_lines": foreign}


def _facts(psi: float | None, ks: float | None) -> dict[str, float]:
    return {name: round(value, 4) for name, value in (("psi", psi), ("ks", ks)) if value is not None}


def _text(reports: Sequence[Report]) -> str:
    return "\n\n".join(_about(report) for report in reports) or "There are no predictions."


def _about(report: Report) -> str:
    head = (
        f"{report.medium}s: {report.predictions} predictions, {len(report.quantities)} quantities and patterns compared"
    )
    moved = [f"  - {own.words.sentence}" for own in report.moved if own.words is not None]
    if report.quantities and not moved:
        moved = [f"  Nothing moved (by chance alone, at most {CHANCE:.1%} of windows would raise an alarm)."]
    to_do = ["  What to do:", *(f"  - {advice}" for advice in _advice(report))] if report.moved else []
    remark = [f"  {report.remark[0].upper()}{report.remark[1:]}."] if report.remark else []
    return "\n".join([head, *moved, *to_do, *remark])


def _advice(report: Report) -> list[str]:
    """Each once, that of the first alarm first."""
    return list(dict.fromkeys(own.words.advice for own in report.moved if own.words is not None))
