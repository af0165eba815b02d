"""Weights of the tests of videos and the prior, by logistic regression on what the tests say of the stretch that decides.

Which stretch decides depends on the weights, so the two are found in turns. Log-odds = prior - search_discount * ln(stretches)
+ sum of weight * quality * mean log-likelihood ratio over that stretch: what is fitted is what is served.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from colab_training.fusion_kinds import (
    HAND_SET_WEIGHTS,
    MIN_EVIDENCE,
    ONE_SIDED,
    SILENT_ON_VIDEO,
    kind_parameters,
)
from colab_training.metrics import Bools, Floats
from colab_training.video_fusion.clips import Clip, labels, shares
from colab_training.video_fusion.settings import VideoFusionSettings
from fusion_svc.fuse import heard_of, prior, weigh
from fusion_svc.model import KindParameters
from fusion_svc.segments import Search
from fusion_svc.timeline import Timeline, timeline

# A test that weighs nothing has no say in where the stretch lies, but must be heard on it to get its weight back.
_WHISPER = 1e-6
# Labels do not matter to log-odds.
_ANY_LABELS = {"manipulated": 2.0, "suspicious": 1.0, "authentic": -1.0}


@dataclass(frozen=True)
class Fitted:
    """Weights by test, and log-odds before any evidence."""

    weights: Mapping[str, float]
    prior_log_odds: float

    def parameters(self, labels: Mapping[str, float], search_discount: float) -> KindParameters:
        """The video section of fusion.json."""
        return kind_parameters(
            "video",
            {**SILENT_ON_VIDEO, **self.weights},
            labels,
            prior_log_odds=self.prior_log_odds,
            search_discount=search_discount,
        )

    def log_odds(self, clips: Sequence[Clip], search_discount: float) -> Floats:
        """What fusion says of the clips, (N,)."""
        parameters = self.parameters(_ANY_LABELS, search_discount)
        return np.array([weigh(clip.request.evidence, parameters).log_odds for clip in clips])


@dataclass(frozen=True, eq=False)
class Heard:
    """A clip as the fit looks at it again and again."""

    # Of all fitted tests, with their quality as factor; None when no test gave spans.
    timeline: Timeline | None
    # quality * log-likelihood ratio of each fitted test over the whole clip, (C,); 0 where it abstained.
    whole: Floats
    # Log-odds from tests that are weighed by hand.
    rest: float

    def decisive(self, cues: Sequence[str], weights: Floats) -> tuple[Floats, int]:
        """quality * mean log-likelihood ratio over the decisive stretch, (C,), and the number of stretches searched."""
        if self.timeline is None:
            return self.whole, 1
        places = [cues.index(cue) for cue in self.timeline.cues]
        quality = self.timeline.factors
        search = Search(replace(self.timeline, factors=quality * np.maximum(weights[places], _WHISPER)), MIN_EVIDENCE)
        ratios = self.whole.copy()
        ratios[places] = quality * np.array([search.worst.ratios[cue] for cue in self.timeline.cues])
        return ratios, search.stretches


def hear(clip: Clip, cues: Sequence[str]) -> Heard:
    """Prepares a clip for fitting these tests."""
    told = [entry for entry in clip.request.evidence if entry.HasField("finding")]
    findings = heard_of(told, ONE_SIDED["video"])
    whole = {entry.cue: entry.finding.quality * entry.finding.log_likelihood_ratio for entry in findings}
    return Heard(
        timeline=timeline(findings, dict.fromkeys(cues, 1.0)),
        whole=np.array([whole.get(cue, 0.0) for cue in cues]),
        rest=sum(weight * whole.get(cue, 0.0) for cue, weight in HAND_SET_WEIGHTS.items()),
    )


def fit(
    clips: Sequence[Clip], heard: Sequence[Heard], cues: Sequence[str], settings: VideoFusionSettings, given: Floats
) -> Fitted:
    """Fits on clips of both classes, each with what was heard of it; `given` (C,) are weights that hold, NaN where one is
    fitted.
    """
    weights, prior_log_odds = np.where(np.isnan(given), settings.start_weight, given), 0.0
    discount = kind_parameters("video", {}, _ANY_LABELS, search_discount=settings.search_discount)
    for _ in range(settings.rounds):
        found = [entry.decisive(cues, weights) for entry in heard]
        ratios = np.stack([row for row, _ in found])  # (N, C)
        rest = np.array([entry.rest + prior(discount, n) for entry, (_, n) in zip(heard, found, strict=True)])
        weights, prior_log_odds = regress(ratios, rest, labels(clips), shares(clips), settings, given)
    rounded = {cue: round(float(weight), 3) for cue, weight in zip(cues, weights, strict=True)}
    return Fitted(rounded, round(prior_log_odds, 3))


def regress(
    ratios: Floats, rest: Floats, fake: Bools, importance: Floats, settings: VideoFusionSettings, by_hand: Floats
) -> tuple[Floats, float]:
    """Weights (C,) in [0, largest] and the prior, from ratios (N, C), log-odds known already (N,), labels and importance (N,).

    `by_hand` (C,) holds weights that are given, and NaN where one is to be found.
    """
    table = np.column_stack([ratios, np.ones(len(fake))])
    signs = np.where(fake, 1.0, -1.0)
    free = np.isnan(by_hand)
    start = np.append(np.where(free, settings.start_weight, by_hand), 0.0)

    def loss(values: Floats) -> tuple[float, Floats]:
        margins = signs * (table @ values + rest)
        away = values - start
        slopes = -signs * importance * np.exp(-np.logaddexp(0, margins))
        value = float(importance @ np.logaddexp(0, -margins)) + settings.penalty * float(away @ away)
        return value, table.T @ slopes + 2 * settings.penalty * away

    given = [(0.0, settings.largest_weight) if found else (own, own) for found, own in zip(free, by_hand, strict=True)]
    bounds = [*given, (None, None)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x[:-1], np.float64), float(found.x[-1])
