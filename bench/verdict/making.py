"""How the fusion was made, as tables: promises, rivals, methods and ways of calibrating."""

from __future__ import annotations

from collections.abc import Iterator

from bench.verdict.cells import number, signed
from bench.verdict.findings import FALSE_ALARM_BAR, NAMED, Findings
from bench.verdict.rivals import NAMES
from colab_training.card_text import table
from colab_training.ensemble.card import PROMISES_ABOUT
from colab_training.ensemble.conformal import Promise
from colab_training.ensemble.tables import compared_table, promises_rows, scales_table

_RIVALS = """AUC on split val; below it, by how much fusion is ahead on the same media. The best single test is the one that is
best on the media that fusion learned from: {tests}. Over all kinds together each kind has its own."""
_LEFT_OUT = """Videos with one source left out at a time, tests and weights chosen without it. A single test answers by its
worst stretch and pays nothing for the search, and fakes of the data are longer: cut to the same 1.28 s, length tells nothing.
Without the price long videos of real people would be accused again and again (docs/VIDEO.md counts clips in a row), so it
stays."""
_COMPARED = """On the media that fusion learned from, always asked about groups they did not learn from: with all opinions,
with none to three taken away at random, and about whole sources that they did not learn from. Shipped is the best sum where
there is enough to learn from (photos): in a sum every contribution is exact; boosted trees would need Shapley values. For
videos, with few clips of few sources, shipped is a sum of chosen tests, see above; recordings have one test. Trees on videos
recognise sources: see the columns of sources left out."""
_SCALES = """Of the sums with weights by the tests that spoke, out of fold. Temperature is shipped: one factor on all weights
leaves contributions exact, a bent curve would not."""


def making(own: Findings) -> Iterator[str]:
    """Paragraphs and tables."""
    yield from _promises(own)
    yield from _rivals(own)
    yield "## Methods compared"
    yield _COMPARED
    for kind, rows in own.compared.items():
        yield f"### {NAMED[kind].capitalize()}"
        yield compared_table(rows)
    yield "## Calibration compared"
    yield _SCALES
    for kind, scales in own.scales.items():
        yield f"### {NAMED[kind].capitalize()}"
        yield scales_table(scales)


def _promises(own: Findings) -> Iterator[str]:
    yield "## What was promised"
    yield f"{PROMISES_ABOUT} The threshold of a label is at least the highest promise of its kind."
    yield table(
        ("kind", "real media of", "items", "at most", "from log-odds", "rests on", "split val gave"),
        [
            (*cells, _kept(own, kind, promised))
            for kind, all_of_kind in own.promises.items()
            for cells, promised in zip(promises_rows(kind, all_of_kind), all_of_kind, strict=True)
        ],
    )


def _rivals(own: Findings) -> Iterator[str]:
    yield "## Fusion against what is simpler"
    yield _RIVALS.format(tests=", ".join(f"`{test}` for {NAMED[name]}" for name, test in own.best_tests.items()))
    areas = [(NAMED[name], *(number(found.areas[n]) for n in NAMES)) for name, found in own.rivals.items()]
    yield table(("media", *NAMES), areas)
    ahead = [(NAMED[name], *(signed(found.ahead[n]) for n in NAMES[:-1])) for name, found in own.rivals.items()]
    yield table(("fusion ahead of", *NAMES[:-1]), ahead)
    if not own.left_out:
        return
    yield _LEFT_OUT
    methods = list(next(iter(own.left_out.values())))
    rows = [(cut, *(f"{areas[method]:.3f}" for method in methods)) for cut, areas in own.left_out.items()]
    yield table(("clips", *methods), rows)


def _kept(own: Findings, kind: str, promised: Promise) -> str:
    found = own.measured[kind].false_alarms.get(promised.source)
    if found is None or promised.share != FALSE_ALARM_BAR:
        return "–"
    return f"{found.value:.1%} of {found.items}"
