"""How much the test of the voice weighs in recordings, what a search costs, and where labels begin.

Weight and prior are fitted on single recordings; they do not depend on the search discount, since the prior of a single recording
is fitted together with what it pays. For each discount there are thresholds that keep the agreed rates on short and on long
recordings; chosen is the discount at which most fakes, short and long, are found by them.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from colab_training.audio_fusion.recordings import VOICE, Recording, labels, log_odds_of
from colab_training.audio_fusion.settings import AudioFusionSettings
from colab_training.calibration import fit_calibration, threshold_at
from colab_training.ensemble.conformal import Promise
from colab_training.ensemble.section import FALSE_ALARMS_MANIPULATED, FALSE_ALARMS_SUSPICIOUS, MISSES_AUTHENTIC
from colab_training.ensemble.section import labels as labels_of
from colab_training.ensemble.section import promised as promised_to
from colab_training.fusion_kinds import kind_parameters
from colab_training.metrics import Bools, Floats
from fusion_svc.fuse import weigh
from fusion_svc.model import KindParameters

_DECIMALS = 1000
# Labels do not matter to log-odds.
_ANY_LABELS = {"manipulated": 2.0, "suspicious": 1.0, "authentic": -1.0}


def fit(singles: Sequence[Recording], long: Sequence[Recording], settings: AudioFusionSettings) -> KindParameters:
    """The section of recordings in fusion.json, from single and strung recordings of split train.

    Raises ValueError when the test of the voice tells nothing.
    """
    weight, intercept = _weight(singles)
    everything = [*singles, *long]
    log_odds = log_odds_of(everything, _parameters(settings, weight, intercept, 0.0, _ANY_LABELS))
    # What longer recordings pay beyond a single one.
    extra = np.log([_stretches(len(entry.ratios)) / _stretches(1) for entry in everything])
    steps = round(settings.largest_discount / settings.discount_step)
    tried = {
        discount: thresholds(everything, log_odds - discount * extra)
        for discount in (round(settings.discount_step * step, 6) for step in range(steps + 1))
    }
    best = max(tried, key=lambda own: found(everything, log_odds - own * extra >= tried[own]["suspicious"]))
    return _parameters(settings, weight, intercept + best * math.log(_stretches(1)), best, tried[best])


def shares(recordings: Sequence[Recording]) -> Floats:
    """Importance (N,): both classes alike; in a class sources by the square root of their size, damaged like undamaged ones."""
    sizes = Counter((entry.fake, entry.source, bool(entry.damage)) for entry in recordings)
    weights = np.array([sizes[entry.fake, entry.source, bool(entry.damage)] ** -0.5 for entry in recordings])
    fake, damaged = labels(recordings), _damaged(recordings)
    for part in (fake & damaged, fake & ~damaged, ~fake & damaged, ~fake & ~damaged):
        weights[part] /= weights[part].sum() or 1.0
    return weights


def thresholds(recordings: Sequence[Recording], log_odds: Floats) -> dict[str, float]:
    """Where labels begin: above what is promised to each source of single recordings, and above what keeps the rates on real
    recordings of each length, as they are and damaged, which are made of the same few and cannot promise; so are fakes missed.
    """
    fake, groups = labels(recordings), _groups(recordings)
    suspicious, manipulated = (
        max(_up(threshold_at(log_odds[part], share)) for part in _real(groups, fake))
        for share in (FALSE_ALARMS_SUSPICIOUS, FALSE_ALARMS_MANIPULATED)
    )
    # Misses are false alarms seen from the other side.
    misses = [group & fake for group in groups if (group & fake).any()]
    authentic = min(-_up(threshold_at(-log_odds[part], MISSES_AUTHENTIC)) for part in misses)
    own = labels_of(promised(recordings, log_odds), authentic)
    suspicious = max(own["suspicious"], suspicious)
    return {**own, "manipulated": max(suspicious, manipulated, own["manipulated"]), "suspicious": suspicious}


def promised(recordings: Sequence[Recording], log_odds: Floats) -> list[Promise]:
    """What holds of single real recordings as they are, by source."""
    chosen = np.array([len(entry.ratios) == 1 and not entry.fake and not entry.damage for entry in recordings])
    sources = [entry.source for entry, own in zip(recordings, chosen, strict=True) if own]
    return promised_to(log_odds[chosen], sources)


def found(recordings: Sequence[Recording], told: Bools) -> float:
    """Share of fakes (N,) that are told, every length alike, damaged ones like others."""
    fake = labels(recordings)
    return float(np.mean([told[group & fake].mean() for group in _groups(recordings) if (group & fake).any()]))


def _weight(singles: Sequence[Recording]) -> tuple[float, float]:
    ratios = np.array([entry.evidence.finding.quality * entry.ratios[0] for entry in singles])
    fitted = fit_calibration(ratios, labels(singles).tolist(), shares(singles), dataset="single recordings")
    if fitted.slope <= 0:
        raise ValueError("voice_spoof tells nothing of recordings that it has not heard; train it again")
    return round(fitted.slope, 3), round(fitted.intercept, 3)


def _parameters(
    settings: AudioFusionSettings, weight: float, prior_log_odds: float, discount: float, limits: dict[str, float]
) -> KindParameters:
    weights = {VOICE: weight, **settings.by_hand}
    return kind_parameters("audio", weights, limits, prior_log_odds=prior_log_odds, search_discount=discount)


@functools.cache
def _stretches(pieces: int) -> float:
    """Number of stretches that are searched in a recording of so many pieces."""
    one = kind_parameters("audio", {VOICE: 1.0}, _ANY_LABELS, search_discount=1.0)
    searched = Recording("", False, "", "", (0.0,) * pieces).evidence
    return math.exp(-weigh([searched], one).prior_log_odds)


def _groups(recordings: Sequence[Recording]) -> list[Bools]:
    """Recordings (N,) of each length, as they are and damaged."""
    keys = [(len(entry.ratios), bool(entry.damage)) for entry in recordings]
    return [np.array([key == own for key in keys]) for own in sorted(set(keys))]


def _real(groups: Sequence[Bools], fake: Bools) -> list[Bools]:
    return [group & ~fake for group in groups if (group & ~fake).any()]


def _damaged(recordings: Sequence[Recording]) -> Bools:
    return np.array([bool(entry.damage) for entry in recordings], bool)


def _up(threshold: float) -> float:
    return math.ceil(threshold * _DECIMALS) / _DECIMALS
