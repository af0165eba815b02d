"""The section of photos: fitted on pictures that no detector was trained on, and measured on the split val.

Large pictures. The tests of faces learned from small ones, and say too much of large, sharp ones. One threshold for both would
either accuse owners of good cameras or let most small fakes pass; so the promise is made in both classes of size (Mondrian
conformal prediction, Vovk 2005), and the ratio of the two thresholds becomes a factor on what tests weigh in large pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from colab_training.ensemble.compare import folds, out_of_fold
from colab_training.ensemble.conformal import Promise, promises
from colab_training.ensemble.methods import common_weights, patterned
from colab_training.ensemble.patterns import Patterned, PatternSettings, fit_patterned
from colab_training.ensemble.section import (
    FALSE_ALARMS_SUSPICIOUS,
    MISSES_AUTHENTIC,
    labels,
    promised,
)
from colab_training.ensemble.table import Table
from colab_training.evidence_table import EvidenceOf, cues_with_findings, weighed_ratios
from colab_training.fusion_fit import scale_factor, weighted_quantile
from colab_training.fusion_kinds import HAND_SET_WEIGHTS, ONE_SIDED, kind_parameters
from colab_training.manifest import Sample
from colab_training.metrics import Bools, Floats
from fusion_svc.model import KindParameters, LargePictures, Pattern

# Detectors of faces learned from pictures of at most this many pixels on the shorter side.
LEARNED_SIDE_PX = 256
_DECIMALS = 3


@dataclass(frozen=True)
class Pictures:
    """Pictures with what the detectors said about them."""

    samples: Sequence[Sample]
    table: Sequence[EvidenceOf]

    @property
    def fake(self) -> Bools:
        """(N,)"""
        return np.array([sample.fake for sample in self.samples], bool)

    @property
    def large(self) -> Bools:
        """Which are larger than what detectors learned from, (N,)."""
        return np.array([min(row.media.width_px, row.media.height_px) > LEARNED_SIDE_PX for row in self.table], bool)

    @property
    def rest(self) -> Floats:
        """Log-odds from tests that are weighed by hand, (N,)."""
        cues = sorted(HAND_SET_WEIGHTS)
        heard = np.nan_to_num(weighed_ratios(self.table, cues))
        accusing = [cue in ONE_SIDED["image"] for cue in cues]
        heard = np.where(accusing, np.maximum(heard, 0.0), heard)
        return np.asarray(heard @ [HAND_SET_WEIGHTS[cue] for cue in cues], np.float64)

    def opinions(self, cues: Sequence[str]) -> Table:
        """What these tests said."""
        names = {name: [getattr(own, name) for own in self.samples] for name in ("source", "group")}
        return Table(
            tuple(cues),
            weighed_ratios(self.table, cues),
            self.fake,
            np.array(names["source"]),
            np.array(names["group"]),
        )


@dataclass(frozen=True, eq=False)
class FittedPictures:
    """The parameters, and what they rest on: log-odds (N,) out of fold, and the promises of thresholds."""

    parameters: KindParameters
    table: Table
    log_odds: Floats
    promises: Sequence[Promise]


def measured_cues(table: Sequence[EvidenceOf]) -> list[str]:
    """The cues whose weight can be fitted: those with an opinion on the pictures, less those weighed by hand."""
    return [cue for cue in cues_with_findings(table) if cue not in HAND_SET_WEIGHTS]


def fit_pictures(calibration: Pictures, real_of_new_sources: Pictures) -> FittedPictures:
    """Weights from the part calibration; thresholds from it out of fold, and from real pictures of sources new to every
    detector.
    """
    cues = measured_cues(calibration.table)
    table, more = calibration.opinions(cues), real_of_new_sources.opinions(cues)
    fitted = fit_patterned(table, common_weights(table), PatternSettings())
    (log_odds,) = out_of_fold(table, [table], patterned, folds(table, table.groups))
    known = _Known(table, log_odds, calibration.large, more, fitted.log_odds(more.ratios), real_of_new_sources.large)
    factor = round(known.large_factor(), _DECIMALS)
    known = known.with_factor(factor)
    scale = scale_factor(known.log_odds, table.fake, table.item_shares / len(table))
    known = known.scaled(scale).with_rest(calibration.rest, real_of_new_sources.rest)
    real, sources, _ = known.real
    found = promised(real, sources)
    authentic = weighted_quantile(known.log_odds[table.fake], table.source_shares[table.fake], MISSES_AUTHENTIC)
    parameters = _parameters(cues, fitted.scaled(scale), factor, labels(found, authentic))
    return FittedPictures(parameters, table, known.log_odds, found)


@dataclass(frozen=True, eq=False)
class _Known:
    """Log-odds of the calibration table and of more real pictures, and which of both are large."""

    table: Table
    log_odds: Floats
    large: Bools
    more: Table
    more_log_odds: Floats
    more_large: Bools

    @property
    def real(self) -> tuple[Floats, Sequence[str], Bools]:
        own = ~self.table.fake
        return (
            np.concatenate([self.log_odds[own], self.more_log_odds]),
            np.concatenate([self.table.sources[own], self.more.sources]).tolist(),
            np.concatenate([self.large[own], self.more_large]),
        )

    def large_factor(self) -> float:
        log_odds, sources, large = self.real
        highest = [
            max((own.threshold for own in _of(log_odds, sources, chosen)), default=0.0) for chosen in (~large, large)
        ]
        return min(1.0, highest[0] / highest[1]) if min(highest) > 0 else 1.0

    def with_factor(self, factor: float) -> _Known:
        own, more = (np.where(large, factor, 1.0) for large in (self.large, self.more_large))
        return replace(self, log_odds=own * self.log_odds, more_log_odds=more * self.more_log_odds)

    def scaled(self, factor: float) -> _Known:
        return replace(self, log_odds=factor * self.log_odds, more_log_odds=factor * self.more_log_odds)

    def with_rest(self, rest: Floats, more: Floats) -> _Known:
        return replace(self, log_odds=self.log_odds + rest, more_log_odds=self.more_log_odds + more)


def _of(log_odds: Floats, sources: Sequence[str], chosen: Bools) -> list[Promise]:
    names = [name for name, own in zip(sources, chosen, strict=True) if own]
    return promises(log_odds[chosen], names, FALSE_ALARMS_SUSPICIOUS)


def _parameters(cues: Sequence[str], fitted: Patterned, factor: float, limits: dict[str, float]) -> KindParameters:
    rounded = {cue: round(float(weight), _DECIMALS) for cue, weight in zip(cues, fitted.common, strict=True)}
    large = LargePictures(above_side_px=float(LEARNED_SIDE_PX), factor=factor, tests=list(cues))
    return kind_parameters("image", rounded, limits).model_copy(
        update={"patterns": _patterns(cues, fitted), "large_pictures": large if factor < 1 else None}
    )


def _patterns(cues: Sequence[str], fitted: Patterned) -> list[Pattern]:
    return [
        Pattern(
            tests=[cues[place] for place in key],
            weights={cues[place]: round(float(own), _DECIMALS) for place, own in zip(key, values[:-1], strict=True)},
            prior_log_odds=round(float(values[-1]), _DECIMALS),
        )
        for key, values in fitted.patterns.items()
    ]
