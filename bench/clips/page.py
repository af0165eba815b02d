"""The page about accuracy on video, from measured numbers alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.accuracy.tables import number, percent, table
from bench.clips.places import Place, mean
from colab_training.metrics import Estimate

_LABELS = ("MANIPULATED", "SUSPICIOUS", "INCONCLUSIVE", "AUTHENTIC")


@dataclass(frozen=True)
class Rows:
    """What was measured on one set of clips."""

    clips: int
    reals: int
    areas: Mapping[str, Mapping[str, Estimate]]
    """By detector ("fused" or a test), then by part."""
    outside: Estimate
    ece: Estimate
    false_alarms: Mapping[str, Mapping[str, Estimate]]
    """By label, then by real source; share of real clips at or above its threshold."""
    found: Mapping[str, Estimate]
    """By label; share of fakes."""


@dataclass(frozen=True)
class Findings:
    """All that the page says."""

    models: Sequence[str]
    left_out: Rows
    """Split train, judged by fits and networks that never saw the source."""
    left_out_alike: Rows
    val: Rows
    val_alike: Rows
    encoded: Mapping[str, Mapping[str, Estimate | float]]
    """By encoding: AUC fused and of every test, false alarms, fakes found; split val."""
    chained: Mapping[int, Estimate]
    """False alarms (SUSPICIOUS) on this many real clips in a row."""
    places: Sequence[Place]
    labels: Mapping[str, int]


def page(found: Findings) -> str:
    """Markdown."""
    parts = [
        "# How accurate Telltale is on video",
        f"Written by `make bench-clips`; do not edit. Models: {', '.join(found.models)}.",
        _summary(found),
        _READING,
        "## Split val, by the shipped models",
        _rows(found.val),
        "### Every clip cut to its first 1.28 s",
        "Fakes of the data are longer than real clips; cut alike, length tells nothing.",
        _rows(found.val_alike),
        "## One source left out at a time",
        "Clips of split train. The source of a clip, real or fake, was in neither the networks of movement nor the fit of fusion "
        "that judge it. The learned face test never saw any video.",
        _rows(found.left_out),
        "### Every clip cut to its first 1.28 s",
        _rows(found.left_out_alike),
        "## After encoding anew",
        "Split val, H.264 (x264, veryfast) at a constant rate factor, and at half the width and height.",
        _encodings(found.encoded),
        "## Long videos of real people",
        "Real clips of split train, their sources left out, one after the other as one video. The longer the search, the more "
        "likely something looks odd somewhere; the discount for the number of stretches is there to hold that.",
        table(
            ["real clips in a row", "SUSPICIOUS or worse"],
            [[str(n), percent(share)] for n, share in found.chained.items()],
        ),
        "## Where in time",
        "Real clips of split val of at least 2.4 s whose middle third shows somebody else's face, cloned in the gradient domain "
        "(a way of making fakes that no model learned from). IoU: shared time over joint time of what Telltale points at and "
        "what was swapped.",
        _places(found.places),
    ]
    return "\n\n".join(parts) + "\n"


_READING = """## How to read this

- **AUC**: the chance that a fake gets a higher number than a real clip. 1 is perfect, 0.5 is a coin. Brackets are 95% intervals.
- **fused** is what a verdict says; the other rows are single tests, each where it has an opinion, by its own worst stretch.
- *length, size, bit rate alone*: what a random forest tells from the outside of the files, never asked about a source that it
  learned from. A detector that does not beat it has shown nothing.
- Few clips, wide intervals: a row of a kind may rest on four."""


def _summary(found: Findings) -> str:
    fused, alike = found.left_out.areas["fused"]["all"], found.left_out_alike.areas["fused"]["all"]
    given = ", ".join(f"{count} {name}" for name, count in found.labels.items())
    return (
        f"On {found.left_out.clips} clips whose source neither the networks of movement nor the fit of fusion had seen, the "
        f"AUC at file level is {number(fused)}, and {number(alike)} with every clip cut to 1.28 s; "
        f"on the {found.val.clips} clips of split val it is {number(found.val.areas['fused']['all'])}. "
        f"Labels given on split val: {given}."
    )


def _rows(rows: Rows) -> str:
    parts = list(rows.areas["fused"])
    body = [[name, *(number(row.get(part)) for part in parts)] for name, row in rows.areas.items()]
    body.append(["*length, size, bit rate alone*", number(rows.outside), *([""] * (len(parts) - 1))])
    alarms = [
        [
            label,
            *(percent(shares[name]) if name in shares else "" for name in rows.false_alarms["SUSPICIOUS"]),
            percent(rows.found[label]),
        ]
        for label, shares in rows.false_alarms.items()
    ]
    heads = ["at or above", *(f"real: {name}" for name in rows.false_alarms["SUSPICIOUS"]), "fakes found"]
    return "\n\n".join(
        [
            f"{rows.reals} real and {rows.clips - rows.reals} fake clips. AUC:",
            table(["detector", *parts], body),
            f"Probabilities are off by {number(rows.ece)} on average. Share of clips at or above each threshold:",
            table(heads, alarms),
        ]
    )


def _encodings(encoded: Mapping[str, Mapping[str, Estimate | float]]) -> str:
    columns = list(next(iter(encoded.values())))
    body = [[name, *(_cell(row[column]) for column in columns)] for name, row in encoded.items()]
    return table(["encoding", *columns], body)


def _cell(value: Estimate | float) -> str:
    return number(value) if isinstance(value, Estimate) else f"{value:.3f}"


def _places(found: Sequence[Place]) -> str:
    flagged = [place for place in found if place.label in _LABELS[:2]]
    lines = [
        f"- clips: {len(found)}, labelled SUSPICIOUS or MANIPULATED: {len(flagged)}",
        f"- mean IoU of the stretch that decided, all clips: {number(mean([place.iou for place in found]))}",
        f"- mean IoU of all stretches marked suspicious, 0 where none is: {number(mean([place.flagged_iou for place in found]))}",
    ]
    rows = [
        [place.file, place.label, f"{place.risk_score:.0f}", f"{place.iou:.2f}", f"{place.flagged_iou:.2f}"]
        for place in found
    ]
    return "\n".join(lines) + "\n\n" + table(["clip", "label", "risk", "IoU decisive", "IoU marked"], rows)
