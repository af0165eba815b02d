"""The page about accuracy, for readers who have never seen the project: Markdown with drawings beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.accuracy import tables
from bench.accuracy.findings import failures, summary
from bench.accuracy.grid_plots import draw_left_out, draw_robustness, left_out_rows
from bench.accuracy.measure import FUSED, Judged
from bench.accuracy.plots import draw_reliability, draw_roc
from bench.accuracy.report import Report
from colab_training.evaluation import ALL
from colab_training.metrics import Estimate

READING = """- **AUC**: the chance that a fake gets a higher number than a real picture. 1 is perfect, 0.5 is a coin.
- **EER**: the error when as many fakes are missed as real pictures are accused.
- **ECE**: how far probabilities are from shares, on average. At 0, of all pictures called "70%" exactly 70 in a hundred are fake.
- **Fakes found at 1% (5%) false alarms**: with the threshold where one (five) in a hundred real pictures is accused. "–": too few
  real pictures to tell.
- Brackets are 95% intervals (bootstrap within each class; exact binomial ones for shares). Few pictures, wide intervals.
- A *cue* is one test. It may abstain, for instance where it finds no face, and is measured where it has an opinion. The
  *fused* score is measured on every picture; where all cues abstain it counts as undecided.
- The *rows in italics* show what a random forest can tell from the outside of the files alone (width, height, JPEG quality,
  chroma subsampling, mean colour), never asked about a group that it learned from. Where such a row is high, a high AUC proves
  nothing."""

ALIKE = """The two classes of a source often come from two places, and then size or compression gives them away. So
every picture was also examined as a copy in which both classes are made alike: a square around the face with little background,
brought to one side in pixels, one mean colour, JPEG quality 90, 4:2:0. Pictures without a face have no such copy. The last row
adds the length of the file, which also tells how much there is to see in a picture: background, hair, texture."""

SOFT = """Where one class comes from larger pictures, reducing it more leaves it sharper, which is a trace of the data set as
well. So the hardest test takes the finest detail from both classes besides. It also takes away traces that a real fake would
have; the truth about such a source lies between this table and the one above."""

LEFT_OUT = """A number on fakes of a kind that was learned says little about the next kind. So the face network alone was
trained at a short schedule (128 px, 12,000 pictures) without one source at a time, and asked about that source: "plain" with
JPEG and resizing only, "ours" with blended fakes and the whole equalisation of the shipped recipe. "Loss" is what leaving the
source out costs. These networks are not shipped; the longer training of the shipped one gives higher numbers on what it knows."""


def write_page(report: Report, filed: Judged, alike: Judged, page: Path, drawings: Path) -> None:
    """Writes the page, and the drawings into their folder."""
    drawings.mkdir(parents=True, exist_ok=True)
    draw_roc(filed, alike, drawings / "roc.png")
    draw_reliability(filed, drawings / "reliability.png")
    draw_robustness(report.robustness, drawings / "robustness.png")
    if report.left_out:
        draw_left_out(report.left_out["runs"], drawings / "left_out.png")
    folder = Path(os.path.relpath(drawings, page.parent))
    page.write_text(markdown(report, folder), encoding="utf-8")


def markdown(report: Report, drawings: Path) -> str:
    """The page. `drawings` is the folder of the drawings as seen from it."""
    parts = [
        "# How accurate Telltale is on still pictures",
        "Written by `make bench-accuracy`; do not edit. Models: "
        + ", ".join(f"{n} {v}" for n, v in report.models.items())
        + ".",
        summary(report),
        "## How to read this\n\n" + READING,
        "## By kind of fake, files as they are\n\n" + _filed(report, drawings),
        "## The same with both classes made alike\n\n" + ALIKE + "\n\n" + _alike(report),
        "## Sources that no model learned from\n\n" + _unlearned(report),
        *(
            ["## Leaving one source out\n\n" + LEFT_OUT + "\n\n" + _left_out(report.left_out, drawings)]
            if report.left_out
            else []
        ),
        "## Real pictures accused\n\n" + _accused(report),
        "## Do probabilities mean what they say?\n\n" + _calibration(report, drawings),
        "## Changed on the way\n\n" + _changed(report, drawings),
        "## When a cue has no opinion\n\n" + tables.shares(report.abstained, "cue"),
        "## What fails\n\n" + failures(report),
    ]
    return "\n\n".join(parts) + "\n"


def _slices(report: Report) -> list[str]:
    return list(report.filed[FUSED])


def _shortcuts(report: Report, form: str, slices: list[str]) -> str:
    lines = []
    for row, name in (("outer", "*size, quality, colour alone*"), ("bytes", "*with file length*")):
        areas = report.shortcuts[f"{form}, {row}"]
        lines.append("| " + " | ".join([name, *(tables.number(areas.get(part)) for part in slices)]) + " |")
    return "\n".join(lines)


def _filed(report: Report, drawings: Path) -> str:
    slices = _slices(report)
    return "\n\n".join(
        [
            "The split val: no model was trained, calibrated or tuned on it. AUC by detector and source:",
            tables.areas(report.filed, slices) + "\n" + _shortcuts(report, "filed", slices),
            "The fused score in full:",
            tables.details(report.filed[FUSED], "pictures"),
            "Each cue, over all pictures on which it has an opinion:",
            tables.details({name: row[ALL] for name, row in report.filed.items()}, "detector"),
            f"![ROC curves of the fused score by source]({drawings}/roc.png)",
        ]
    )


def _alike(report: Report) -> str:
    slices = _slices(report)
    sides = ", ".join(f"{name} {how.side_px} px " for name, how in report.alike_how.items())
    missing = ", ".join(f"{name} {count}" for name, count in report.without_face.items()) or "none"
    return "\n\n".join(
        [
            tables.areas(report.alike, slices) + "\n" + _shortcuts(report, "alike", slices),
            f"Sides: {sides}. Pictures of the split val without a face: {missing}.",
            "The fused score in full:",
            tables.details(report.alike[FUSED], "pictures"),
            *([SOFT, _without_all(report.soft), _soft_shortcuts(report)] if report.soft else []),
        ]
    )


def _soft_shortcuts(report: Report) -> str:
    areas = report.shortcuts["soft, outer"]
    return (
        "Size, quality and colour alone: "
        + ", ".join(f"{name} {tables.number(area)}" for name, area in areas.items())
        + "."
    )


def _unlearned(report: Report) -> str:
    if not report.unlearned_filed:
        return f"The cards of the models behind the evidence name every source ({', '.join(report.learned)}), so there is none."
    return "\n\n".join(
        [
            f"The cards of the models behind the evidence name {', '.join(report.learned)} as training data. What follows they "
            "never saw; pictures that calibration used are left away. Files as they are:",
            _without_all(report.unlearned_filed),
            "Both classes made alike, which is the number that counts:",
            _without_all(report.unlearned_alike),
        ]
    )


def _without_all(quality: tables.QualityTable) -> str:
    rows = {f"{name}: {part}": entry for name, row in quality.items() for part, entry in row.items() if part != ALL}
    return tables.details(rows, "detector: pictures")


def _left_out(record: Mapping[str, Any], drawings: Path) -> str:
    runs = record["runs"]
    rows = []
    for source, recipe, form, seen, unseen in left_out_rows(runs):
        area = Estimate(**runs[f"{recipe}, without {source}"]["areas"]["left_out"][form][source])
        loss = tables.NONE if seen is None else f"{seen - unseen:+.3f}"
        shown = tables.NONE if seen is None else f"{seen:.3f}"
        form_name = "as filed" if form == "filed" else "made alike"
        rows.append([source, form_name, recipe, shown, tables.number(area), str(area.items), loss])
    head = ["source left out", "files", "recipe", "AUC when learned from", "AUC when left out", "n", "loss"]
    return "\n\n".join(
        [
            tables.table(head, sorted(rows)),
            f"![AUC of both recipes on the source left out]({drawings}/left_out.png)",
            f"Recorded results of `{record['command']}`.",
        ]
    )


def _accused(report: Report) -> str:
    scenes = sum(report.scenes.values())
    return "\n\n".join(
        [
            "At the shipped thresholds, split val:",
            tables.alarms(report.false_alarms),
            "All verdicts by label:",
            tables.label_counts({**report.labels, "scenes real": report.scenes}),
            f"The {scenes} scenes are ordinary photos, mostly without people. They are among the authentic files of the "
            "metadata rules and may have served other models, so they are not held out.",
        ]
    )


def _calibration(report: Report, drawings: Path) -> str:
    found = report.filed[FUSED][ALL].measures["ece"]
    return (
        f"Expected calibration error of the fused probability on the split val, where fakes and real pictures are about as "
        f"many: {found}. Points on the line are right; above it, fakes are more frequent than said. Numbers count pictures.\n\n"
        f"![Reliability diagram of every detector]({drawings}/reliability.png)"
    )


def _changed(report: Report, drawings: Path) -> str:
    detectors = list(dict.fromkeys(name for cell in report.robustness.values() for name in cell.auc))
    cues = [name for name in detectors if name != FUSED]
    items = ", ".join(f"{count} {name}" for name, count in report.robustness_items.items())
    return "\n\n".join(
        [
            f"The same pictures of the split val ({items}), changed and examined again, at the same thresholds. Everything but "
            'JPEG was saved as PNG, so that nothing else changed. "Screenshot" is 0.8 times the size, sharpened, saved again.',
            tables.robustness(report.robustness, detectors),
            f"![AUC and verdicts under every change]({drawings}/robustness.png)",
            "Pictures on which a cue abstained:",
            tables.abstentions(report.robustness, cues),
        ]
    )
