"""How good verdicts on recordings are: single ones, long ones, and real ones with a fake piece inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from colab_training.audio_fusion.recordings import WINDOW_S, Recording, labels, log_odds_of
from colab_training.card_rows import metric_row
from colab_training.evaluation import calibration_error
from colab_training.metrics import Bools, Estimate, Floats, auc, bootstrap, rate
from fusion_svc.fuse import Balance, weigh
from fusion_svc.model import KindParameters
from telltale.model.v1 import card_pb2

SUFFIX: Final = " (recordings)"
AS_THEY_ARE: Final = "as they are"

_Row = tuple[str, str, Estimate]


@dataclass(frozen=True, eq=False)
class Measured:
    """Recordings of one split."""

    split: str
    singles: Sequence[Recording]
    long: Sequence[Recording]
    spliced: Sequence[Recording]


def measures(measured: Measured, parameters: KindParameters) -> list[card_pb2.Metric]:
    """Rows of the card."""
    log_odds = log_odds_of(measured.singles, parameters)
    rows = [
        *_by_way(measured.singles, log_odds, parameters),
        *_by_source(measured.singles, log_odds, parameters),
        *_long(measured.long, parameters),
        *_spliced(measured.spliced, parameters),
    ]
    return [_metric(measured.split, row) for row in rows]


def _by_way(singles: Sequence[Recording], log_odds: Floats, parameters: KindParameters) -> Iterator[_Row]:
    """As they are, and after what happened to them: how well they are told apart, and how often each label is right and wrong."""
    fake, limits = labels(singles), parameters.labels
    told = {
        "suspicious": log_odds >= limits.suspicious,
        "manipulated": log_odds >= limits.manipulated,
        "authentic": log_odds <= limits.authentic,
    }
    for way, chosen in _ways(singles).items():
        yield "auc", way, bootstrap(auc, fake[chosen], log_odds[chosen], rounds=300)
        yield "ece", way, bootstrap(calibration_error, fake[chosen], log_odds[chosen], rounds=200)
        for label, hits in told.items():
            yield f"real {label}", way, _share(hits[chosen & ~fake])
            yield f"fakes {label}", way, _share(hits[chosen & fake])


def _by_source(singles: Sequence[Recording], log_odds: Floats, parameters: KindParameters) -> Iterator[_Row]:
    real = _ways(singles)[AS_THEY_ARE] & ~labels(singles)
    sources = np.array([entry.source for entry in singles])
    for source in sorted(set(sources[real])):
        yield "real suspicious", source, _share(log_odds[real & (sources == source)] >= parameters.labels.suspicious)


def _long(long: Sequence[Recording], parameters: KindParameters) -> Iterator[_Row]:
    told = log_odds_of(long, parameters) >= parameters.labels.suspicious
    fake, ways = labels(long), _two_ways(long)
    lengths = np.array([len(entry.ratios) for entry in long])
    for way, chosen in ways.items():
        for length in sorted(set(lengths[chosen])):
            dataset = f"strung to {WINDOW_S * length:g} s, {way}"
            for name, part in (("real suspicious", ~fake), ("fakes suspicious", fake)):
                own = told[chosen & (lengths == length) & part]
                if own.size:
                    yield name, dataset, _share(own)


def _spliced(spliced: Sequence[Recording], parameters: KindParameters) -> Iterator[_Row]:
    balances = [weigh([entry.evidence], parameters) for entry in spliced]
    told = np.array([balance.log_odds >= parameters.labels.suspicious for balance in balances])
    there = np.array([_lies_there(entry, balance) for entry, balance in zip(spliced, balances, strict=True)])
    lengths = np.array([len(entry.ratios) for entry in spliced])
    for way, chosen in _two_ways(spliced).items():
        for length in sorted(set(lengths[chosen])):
            own = chosen & (lengths == length)
            dataset = f"{WINDOW_S:g} s of {WINDOW_S * length:g} s fake, {way}"
            yield "fakes suspicious", dataset, _share(told[own])
            yield "worst stretch is the fake one", dataset, _share(there[own])


def _lies_there(entry: Recording, balance: Balance) -> bool:
    worst, piece = balance.decisive, entry.fake_piece
    if worst is None or piece is None:
        return False
    return worst.start_s < WINDOW_S * (piece + 1) and worst.end_s > WINDOW_S * piece


def _ways(recordings: Sequence[Recording]) -> Mapping[str, Bools]:
    """Recordings (N,) as they are, and after each thing that happened to them."""
    damages = np.array([entry.damage for entry in recordings])
    return {f"after {own}" if own else AS_THEY_ARE: damages == own for own in sorted(set(damages))}


def _two_ways(recordings: Sequence[Recording]) -> Mapping[str, Bools]:
    """Recordings (N,) as they are, and all others."""
    damaged = np.array([bool(entry.damage) for entry in recordings], bool)
    return {AS_THEY_ARE: ~damaged, "damaged": damaged}


def _share(hits: Bools) -> Estimate:
    return rate(int(hits.sum()), hits.size)


def _metric(split: str, row: _Row) -> card_pb2.Metric:
    name, dataset, found = row
    return metric_row(name, dataset + SUFFIX, split, found)
