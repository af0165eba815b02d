"""How much the test of the voice weighs in recordings, what a search costs, and where labels begin.

Weight and prior are fitted on single recordings; both and the thresholds do not depend on the search discount, since the prior
of a single recording is fitted together with what it pays. The discount is then the smallest at which long real recordings are
accused no more often than short ones may be.
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
from colab_training.fusion_kinds import LEAST_LEAN, kind_parameters
from colab_training.metrics import Bools, Floats
from fusion_svc.fuse import weigh
from fusion_svc.model import KindParameters

_DECIMALS = 1000
# Labels do not matter to log-odds.
_ANY_LABELS = {"manipulated": 2.0, "suspicious": 1.0, "authentic": -1.0}


def fit(singles: Sequence[Recording], long: Sequence[Recording], settings: AudioFusionSettings) -> KindParameters:
    """The section of recordings in fusion.json, from single and strung recordings of split train.

    Raises ValueError when the test of the voice tells nothing, or no discount keeps long real recordings from being accused.
    """
    weight, intercept = _weight(singles)
    free = _parameters(settings, weight, intercept, 0.0, _ANY_LABELS)
    limits = thresholds(singles, log_odds_of(singles, free), settings)
    discount = search_discount(long, free, limits["suspicious"], settings)
    searched = math.log(_stretches(1))
    return _parameters(settings, weight, intercept + discount * searched, discount, limits)


def shares(recordings: Sequence[Recording]) -> Floats:
    """Importance (N,): both classes alike; in a class sources by the square root of their size, damaged like undamaged ones."""
    sizes = Counter((entry.fake, entry.source, bool(entry.damage)) for entry in recordings)
    weights = np.array([sizes[entry.fake, entry.source, bool(entry.damage)] ** -0.5 for entry in recordings])
    fake, damaged = labels(recordings), _damaged(recordings)
    for part in (fake & damaged, fake & ~damaged, ~fake & damaged, ~fake & ~damaged):
        weights[part] /= weights[part].sum() or 1.0
    return weights


def thresholds(singles: Sequence[Recording], log_odds: Floats, settings: AudioFusionSettings) -> dict[str, float]:
    """Where labels begin: rates hold over all real recordings, and over each source that has enough to tell; over all fakes.

    Each of them holds over recordings as they are, and over damaged ones.
    """
    fake, damaged = labels(singles), _damaged(singles)
    ways = [way for way in (damaged, ~damaged) if way.any()]
    suspicious, manipulated = (
        max(_up(threshold_at(log_odds[part], share)) for way in ways for part in _parts(singles, way & ~fake, share))
        for share in (settings.false_alarms_suspicious, settings.false_alarms_manipulated)
    )
    misses = settings.misses_authentic
    # Misses are false alarms seen from the other side.
    authentic = min(-_up(threshold_at(-log_odds[way & fake], misses)) for way in ways)
    suspicious = max(LEAST_LEAN, suspicious)
    return {
        "manipulated": max(suspicious, manipulated),
        "suspicious": suspicious,
        "authentic": min(-LEAST_LEAN, authentic),
    }


def search_discount(
    long: Sequence[Recording], free: KindParameters, suspicious: float, settings: AudioFusionSettings
) -> float:
    """The smallest discount at which real strings of no length are accused more often than single recordings may be.

    Every source counts alike; strings as they are and of damaged recordings are held against it apart.
    """
    strings = [entry for entry in long if not entry.fake]
    log_odds = log_odds_of(strings, free)
    # What the strings pay beyond a single recording.
    extra = np.log([_stretches(len(entry.ratios)) / _stretches(1) for entry in strings])
    groups = sorted({(len(entry.ratios), bool(entry.damage)) for entry in strings})
    of_group = np.array([groups.index((len(entry.ratios), bool(entry.damage))) for entry in strings])
    importance = _even(strings)
    steps = round(settings.largest_discount / settings.discount_step)
    for discount in (round(settings.discount_step * step, 6) for step in range(steps + 1)):
        told = importance * (log_odds - discount * extra >= suspicious)
        rates = [told[of_group == place].sum() / importance[of_group == place].sum() for place in range(len(groups))]
        if max(rates, default=0.0) <= settings.false_alarms_suspicious:
            return discount
    raise ValueError(f"long real recordings are accused at every discount up to {settings.largest_discount}; raise it")


def _even(strings: Sequence[Recording]) -> Floats:
    """Importance (N,) that makes every source count alike."""
    sizes = Counter((entry.source, len(entry.ratios), bool(entry.damage)) for entry in strings)
    return np.array([1 / sizes[entry.source, len(entry.ratios), bool(entry.damage)] for entry in strings])


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
    return kind_parameters(weights, limits, prior_log_odds=prior_log_odds, search_discount=discount)


@functools.cache
def _stretches(pieces: int) -> float:
    """Number of stretches that are searched in a recording of so many pieces."""
    one = kind_parameters({VOICE: 1.0}, _ANY_LABELS, search_discount=1.0)
    searched = Recording("", False, "", "", (0.0,) * pieces).evidence
    return math.exp(-weigh([searched], one).prior_log_odds)


def _parts(singles: Sequence[Recording], chosen: Bools, share: float) -> list[Bools]:
    """All of these (N,), each source of which there are enough to tell this share, and the smaller sources as one.

    A large source of one kind of recordings must not outvote many small ones of other kinds.
    """
    sizes = Counter(entry.source for entry, taken in zip(singles, chosen, strict=True) if taken)
    groups = np.array([entry.source if sizes[entry.source] >= 1 / share else "" for entry in singles])
    parts = (chosen & (groups == group) for group in sorted(set(groups[chosen].tolist())))
    return [chosen, *(part for part in parts if part.sum() >= 1 / share)]


def _damaged(recordings: Sequence[Recording]) -> Bools:
    return np.array([bool(entry.damage) for entry in recordings], bool)


def _up(threshold: float) -> float:
    return math.ceil(threshold * _DECIMALS) / _DECIMALS
