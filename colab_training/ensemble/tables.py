"""Numbers of the fusion as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from colab_training.card_text import table
from colab_training.ensemble.compare import Compared, Numbers
from colab_training.ensemble.conformal import Promise
from colab_training.ensemble.missing import Without
from colab_training.ensemble.section import Section


def promises_table(sections: Iterable[Section]) -> str:
    """Thresholds promised to every source."""
    rows = [row for own in sections for row in promises_rows(own.kind, own.promises)]
    return table(("kind", "real media of", "items", "at most", "from log-odds", "rests on"), rows)


def promises_rows(kind: str, promises: Iterable[Promise]) -> list[tuple[str, ...]]:
    """One row for each promise."""
    return [
        (
            kind,
            own.source,
            str(own.items),
            f"{own.share:.0%}",
            f"{own.threshold:+.2f}",
            own.rests_on,
        )
        for own in promises
    ]


def compared_table(rows: Iterable[Compared]) -> str:
    """Methods, out of fold."""
    head = ("method", "AUC", "log-loss", "ECE")
    dropped = tuple(f"{name}, 0 to 3 tests dropped" for name in head[1:])
    new = tuple(f"{name}, sources left out" for name in head[1:])
    return table(
        (*head, *dropped, *new),
        [(row.method, *_three(row.whole), *_three(row.dropped), *_three(row.new_sources)) for row in rows],
    )


def scales_table(rows: Mapping[str, Numbers]) -> str:
    """Ways of calibrating, out of fold."""
    return table(("calibration", "AUC", "log-loss", "ECE"), [(name, *_three(own)) for name, own in rows.items()])


def without_table(rows: Iterable[Without]) -> str:
    """What is left without some tests."""
    head = (
        "taken away",
        "AUC",
        "ECE",
        "real SUSPICIOUS or worse",
        "of the worst source",
        "fakes found",
        "INCONCLUSIVE",
    )
    return table(
        head,
        [
            (
                ", ".join(row.tests) or "nothing",
                f"{row.auc:.3f}",
                f"{row.ece:.3f}",
                f"{row.false_alarms:.1%}",
                f"{row.worst_source:.1%}",
                f"{row.found:.0%}",
                f"{row.inconclusive:.0%}",
            )
            for row in rows
        ],
    )


def _three(own: Numbers) -> tuple[str, str, str]:
    return f"{own.auc:.3f}", f"{own.log_loss:.3f}", f"{own.ece:.3f}"
