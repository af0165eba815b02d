"""The page docs/VERDICT.md, written from the numbers so that words cannot be kinder than they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.verdict.cells import number, percent
from bench.verdict.findings import NAMED, Findings, limits
from bench.verdict.making import making
from bench.verdict.numbers import ALL, Measured
from colab_training.card_text import table
from colab_training.ensemble.tables import without_table
from colab_training.ensemble.verdicts import LABELS
from colab_training.metrics import Estimate, rate

_SUMMARY = """On {reals} real and {fakes} fake {media} of split val, which nothing was trained, fitted or
calibrated on: AUC {auc}, probabilities off by {ece} on average, {undecided} INCONCLUSIVE. Of the real ones {accused} are
labelled SUSPICIOUS or worse, of the fakes {found}. Most fakes get no label, and that is the price: a threshold that accuses at
most one in twenty real media of every source lies high."""
# By whether all kinds were measured, or photos alone.
COMMANDS = {True: "make bench-verdict", False: "make bench-verdict-photos"}
_COLUMNS = (
    "media",
    "real / fake",
    "AUC",
    "ECE",
    "INCONCLUSIVE",
    "real accused",
    "fakes found",
    "real cleared",
    "fakes cleared",
)
_EXACT = "At the shipped threshold of SUSPICIOUS. At most: the upper end of the exact 95% interval (Clopper and Pearson 1934)."
_MISSING = """Split val, as if these tests had given no opinion, at the shipped thresholds. *Of the worst source*: of those
with ten real media or more. Of videos and their many tests some choices were drawn by chance."""
_VOICES = """AUC of `voice_spoof` on recordings of split val as they are. Some of their sources (other speakers) and some of the
systems that made the fakes occur in what it learned from."""
_OUTSIDE = """Media that have less than this get no label from what they look or sound like (doubt OUT_OF_RANGE), because no
error rate is known there; what a file declares of its origin still counts."""


def page(own: Findings, diagram: str) -> str:
    """Markdown; `diagram` is the path of the drawing as seen from the page."""
    return "\n\n".join([*_opening(own, diagram), *making(own), *_missing(own), *_voices(own), *_ending(own)]) + "\n"


def _opening(own: Findings, diagram: str) -> Iterator[str]:
    everything = own.measured.get(ALL) or own.measured["image"]
    yield "# How far a verdict can be trusted"
    yield f"Written by `{COMMANDS[ALL in own.measured]}`; do not edit. Fusion {own.version}."
    yield _SUMMARY.format(
        media="photos, videos and recordings" if ALL in own.measured else "photos",
        reals=everything.authentic_items,
        fakes=everything.manipulated_items,
        auc=number(everything.auc),
        ece=number(everything.ece),
        undecided=percent(everything.inconclusive),
        accused=percent(_accusing(everything, "authentic")),
        found=percent(_accusing(everything, "manipulated")),
    )
    yield "## What labels are given"
    yield table(_COLUMNS, [_row(NAMED[name], measured) for name, measured in own.measured.items()])
    yield "*Accused, found*: SUSPICIOUS or MANIPULATED; *cleared*: AUTHENTIC. Brackets are 95% intervals. Counts by label:"
    yield table(("media", *(label.upper() for label in LABELS)), list(_counts(own)))
    yield "## Do probabilities mean what they say?"
    yield f"![Reliability diagrams]({diagram})"
    yield "## Real media accused, by source"
    yield _EXACT
    yield table(("real media of", "kind", "items", "SUSPICIOUS or worse", "at most"), list(_sources(own)))


def _counts(own: Findings) -> Iterator[tuple[str, ...]]:
    for name, measured in own.measured.items():
        for truth, word in (("authentic", "real"), ("manipulated", "fake")):
            yield (f"{NAMED[name]}, {word}", *(str(measured.labels[label][truth]) for label in LABELS))


def _sources(own: Findings) -> Iterator[tuple[str, ...]]:
    for name, measured in own.measured.items():
        if name != ALL:
            for source, share in measured.false_alarms.items():
                yield source, NAMED[name], str(share.items), f"{share.value:.1%}", f"{share.high:.1%}"


def _voices(own: Findings) -> Iterator[str]:
    if not own.voices:
        return
    yield "## Voices that the test has not met"
    yield _VOICES
    rows = [(name, str(found.items), number(found)) for name, found in own.voices.items()]
    yield table(("recordings", "items", "AUC"), rows)


def _missing(own: Findings) -> Iterator[str]:
    yield "## Tests taken away"
    yield _MISSING
    for kind, rows in own.without.items():
        yield f"### {NAMED[kind].capitalize()}"
        yield without_table(rows)


def _ending(own: Findings) -> Iterator[str]:
    yield "## Outside the tested range"
    yield _OUTSIDE
    kinds = own.parameters.kinds.items()
    ranges = {kind: parameters.tested_range.model_dump() for kind, parameters in kinds if kind in own.measured}
    rows = [(NAMED[kind], *_range(needed)) for kind, needed in ranges.items()]
    yield table(("media", "shorter side", "bits per pixel and picture", "seconds", "samples a second"), rows)
    yield "## What fails, and what the numbers do not say"
    yield "\n".join(f"- {line}" for line in limits(own))


def _row(name: str, own: Measured) -> tuple[str, ...]:
    return (
        name,
        f"{own.authentic_items} / {own.manipulated_items}",
        number(own.auc),
        number(own.ece),
        percent(own.inconclusive),
        percent(_accusing(own, "authentic")),
        percent(_accusing(own, "manipulated")),
        percent(own.of_label("authentic", "authentic")),
        percent(own.of_label("authentic", "manipulated")),
    )


def _accusing(own: Measured, truth: str) -> Estimate:
    items = own.authentic_items if truth == "authentic" else own.manipulated_items
    return rate(sum(own.labels[label][truth] for label in LABELS[:2]), items)


def _range(needed: Mapping[str, float | None]) -> Iterator[str]:
    for name, unit in (("side_px", " px"), ("bits_per_pixel", ""), ("seconds", " s"), ("sample_rate_hz", " Hz")):
        yield "–" if needed[name] is None else f"{needed[name]:g}{unit}"
