r"""The reference: how what is watched is distributed while nothing is wrong. No prediction can be told from it.

Run: python -m monitoring.drift.reference --log FOLDER --about "photos of May, looked at by hand" --out reference.json
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from kit.errors import InvalidRequest, NotFound
from kit.predictions import Prediction
from monitoring.drift.log import open_log, read_all
from monitoring.drift.quantities import ABSTENTION, cues_of, names, numbers
from monitoring.drift.statistics import Floats

FORMAT: Final = 1
SHIPPED: Final = Path(__file__).parent / "reference.json"
OWN_REFERENCE: Final = (
    "It is of small face photos (most of 224 x 224 pixels), so ordinary photos raise the alarm. When somebody has looked at what "
    "your log holds, make one of it: python -m monitoring.drift.reference --log FOLDER --about WHAT --out FILE, and set "
    "TELLTALE_DRIFT_REFERENCE=FILE"
)
"""What to know of the shipped one."""
LEAST: Final = 100
"""Fewer predictions of a medium are no reference, and no window: chance alone would move everything."""
LEAST_NUMBERS: Final = 50
"""The same for a number that only some predictions have."""
_BINS: Final = 10
_MOST_VALUES: Final = 200
_ACCUSING: Final = ("SUSPICIOUS", "MANIPULATED")


@dataclass(frozen=True)
class Numbers:
    """How a number is distributed.

    Attributes:
        values: ascending.
        counts: how many lie above the value before, up to each value.
        edges: lower edges of all bins but the first; the last one is open, too.
    """

    values: tuple[float, ...]
    counts: tuple[int, ...]
    edges: tuple[float, ...]

    @property
    def size(self) -> int:
        """How many there are."""
        return sum(self.counts)

    def histogram(self, values: Floats, counts: Floats | None = None) -> Floats:
        """How many of the values lie in each bin."""
        bins = np.searchsorted(np.asarray(self.edges), values, side="right")
        return np.bincount(bins, counts, len(self.edges) + 1).astype(np.float64)

    def quantile(self, share: float) -> float:
        """The value up to which that share lies."""
        return self.values[int(np.searchsorted(np.cumsum(self.counts), share * self.size - 1e-9))]


@dataclass(frozen=True)
class Reference:
    """Predictions about one medium.

    Attributes:
        predictions: how many they were.
        numbers: by quantity.
        names: how often each name was seen, by quantity.
        labels: how often each label was given.
        thresholds: the lowest risk score that got the label, of those that accuse.
    """

    predictions: int
    numbers: Mapping[str, Numbers]
    names: Mapping[str, Mapping[str, int]]
    labels: Mapping[str, int]
    thresholds: Mapping[str, float]

    @property
    def cues(self) -> set[str]:
        """The tests that it knows."""
        return {what.removeprefix(ABSTENTION) for what in self.names if what.startswith(ABSTENTION)}


@dataclass(frozen=True)
class References:
    """By medium, with a note where they are from."""

    about: Mapping[str, Any]
    media: Mapping[str, Reference]


def make(predictions: Sequence[Prediction], about: Mapping[str, Any]) -> References:
    """A reference for every medium with enough predictions. Raises InvalidRequest: there is none."""
    fresh = [own for own in predictions if not own.recalled]
    counts = Counter(own.medium for own in fresh)
    media = [medium for medium, count in sorted(counts.items()) if count >= LEAST]
    if not media:
        raise InvalidRequest(
            f"a reference needs {LEAST} new predictions of a medium; there are {dict(counts) or 'none'}"
        )
    models = sorted({f"{name} {version}" for own in fresh for name, version in own.models.items()})
    made = {medium: _reference([own for own in fresh if own.medium == medium]) for medium in media}
    return References({**about, "models": models}, made)


def read(path: Path) -> References:
    """The references in a file. Raises NotFound, InvalidRequest."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held["format"] != FORMAT:
            raise ValueError(f"its format is {held['format']}, not {FORMAT}")
        media = {medium: _read(own) for medium, own in held["media"].items()}
        return References(held["about"], media)
    except FileNotFoundError as error:
        raise NotFound(f"there is no reference {path}; make one: python -m monitoring.drift.reference") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidRequest(f"{path} is no reference of drift: {error}; make it again") from error


def write(references: References, path: Path) -> None:
    """Puts them into a file."""
    media = {medium: asdict(own) for medium, own in references.media.items()}
    document = {"format": FORMAT, "about": dict(references.about), "media": media}
    path.write_text(_lines(json.dumps(document, indent=1, ensure_ascii=False)) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m monitoring.drift.reference", description=__doc__)
    parser.add_argument("--log", required=True, help="folder of a prediction log: a path, s3://… or gs://…")
    parser.add_argument("--about", default="", help="where the predictions are from")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    options = parser.parse_args(arguments)
    found = read_all(open_log(options.log))
    write(make(found.predictions, {"source": options.about, "foreign_lines": found.foreign}), options.out)


def _reference(predictions: Sequence[Prediction]) -> Reference:
    found = {what: own for what, own in numbers(predictions).items() if len(own) >= LEAST_NUMBERS}
    scores = {name: [own.risk_score for own in predictions if own.label == name] for name in _ACCUSING}
    return Reference(
        predictions=len(predictions),
        numbers={what: _numbers(np.asarray(own)) for what, own in sorted(found.items())},
        names={what: _counted(own) for what, own in names(predictions, sorted(cues_of(predictions))).items()},
        labels=_counted([own.label for own in predictions]),
        thresholds={name: min(own) for name, own in scores.items() if own},
    )


def _numbers(found: Floats) -> Numbers:
    values, counts = np.unique(found, return_counts=True)
    edges = _edges(found, values[counts * _BINS >= found.size])
    if values.size > _MOST_VALUES:
        ends = np.unique(np.searchsorted(np.cumsum(counts), np.linspace(0, found.size, _MOST_VALUES + 1)[1:]))
        cumulative = np.cumsum(counts)[ends]
        values, counts = values[ends], np.diff(cumulative, prepend=0)
    return Numbers(tuple(values.tolist()), tuple(counts.tolist()), tuple(edges.tolist()))


def _edges(found: Floats, frequent: Floats) -> Floats:
    """Tenths; a value that fills one by itself gets a bin of its own, so that what lies above it is told apart."""
    tenths = np.quantile(found, np.arange(1, _BINS) / _BINS, method="higher")
    above = [float(f"{value + max(abs(value), 1e-6) * 5e-4:.6g}") for value in frequent]
    return np.unique([*tenths, *above])


def _counted(found: Sequence[str]) -> dict[str, int]:
    return dict(sorted(Counter(found).items()))


def _read(held: Mapping[str, Any]) -> Reference:
    found = {
        what: Numbers(tuple(own["values"]), tuple(own["counts"]), tuple(own["edges"]))
        for what, own in held["numbers"].items()
    }
    return Reference(held["predictions"], found, held["names"], held["labels"], held["thresholds"])


def _lines(document: str) -> str:
    """The document with every list on one line."""
    return re.sub(r"\[[^\[\]]*\]", lambda found: " ".join(found.group().split()), document)


if __name__ == "__main__":
    main()
