"""Numbers about judged clips: AUC, false alarms, by kind and source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from colab_training.metrics import Bools, Estimate, Floats, auc, bootstrap, expected_calibration_error, rate
from colab_training.video.figures import family
from colab_training.video_fusion.clips import Clip, labels
from telltale.fusion.v1 import verdict_pb2

LEAST_ITEMS = 4
_FOLDS = 4


@dataclass(frozen=True, eq=False)
class Judged:
    """Clips and what is said of them, positive for fakes; NaN where nothing is."""

    clips: Sequence[Clip]
    log_odds: Floats

    @property
    def known(self) -> Bools:
        """Which have an opinion."""
        return np.isfinite(self.log_odds)


def areas(judged: Judged) -> dict[str, Estimate]:
    """AUC over all clips, by kind of fake against all real clips, and by real source against all fakes."""
    fake, known = labels(judged.clips), judged.known
    parts = {"all": known} | {
        f"fakes: {name}": known & (~fake | chosen)
        for name, chosen in _by(judged.clips, lambda clip: family(clip.kind), fakes=True).items()
    }
    parts |= {
        f"against real: {name}": known & (fake | chosen)
        for name, chosen in _by(judged.clips, lambda clip: clip.source, fakes=False).items()
    }
    usable = {name: part for name, part in parts.items() if _enough(fake[part])}
    return {name: bootstrap(auc, fake[part], judged.log_odds[part]) for name, part in usable.items()}


def false_alarms(judged: Judged, threshold: float) -> dict[str, Estimate]:
    """Share of real clips at or above a threshold, over all and by source."""
    fake = labels(judged.clips)
    parts = {"all": ~fake} | _by(judged.clips, lambda clip: clip.source, fakes=False)
    above = np.nan_to_num(judged.log_odds, nan=-np.inf) >= threshold
    return {name: rate(int(above[part].sum()), int(part.sum())) for name, part in parts.items() if part.any()}


def found(judged: Judged, threshold: float) -> Estimate:
    """Share of fakes at or above a threshold."""
    fake = labels(judged.clips)
    above = np.nan_to_num(judged.log_odds, nan=-np.inf) >= threshold
    return rate(int((above & fake).sum()), int(fake.sum()))


def calibration_error(judged: Judged) -> Estimate:
    """How far probabilities are from shares, on average."""
    known = judged.known
    return bootstrap(
        lambda fake, log_odds: expected_calibration_error(fake, 1 / (1 + np.exp(-log_odds))),
        labels(judged.clips)[known],
        judged.log_odds[known],
        rounds=300,
    )


def of_cue(clips: Sequence[Clip], cue: str) -> Judged:
    """What one test says of its own worst stretch."""
    values = [
        next(
            (e.finding.log_likelihood_ratio for e in clip.request.evidence if e.cue == cue and e.HasField("finding")),
            np.nan,
        )
        for clip in clips
    ]
    return Judged(clips, np.array(values, np.float64))


def cues_of(clips: Sequence[Clip]) -> list[str]:
    """Tests that had an opinion on any clip, in order of name."""
    return sorted({e.cue for clip in clips for e in clip.request.evidence if e.HasField("finding")})


def outside(clips: Sequence[Clip]) -> Estimate:
    """AUC of a random forest on length, size and bit rate alone, never asked about a source that it learned from."""
    fake, sources = labels(clips), [clip.source for clip in clips]
    table = np.array([_outside(clip) for clip in clips])
    forest = RandomForestClassifier(300, min_samples_leaf=3, random_state=0)
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    chances = cross_val_predict(forest, table, fake, groups=sources, cv=folds, method="predict_proba")[:, 1]
    return bootstrap(auc, fake, chances)


def labels_given(verdicts: Sequence[verdict_pb2.Verdict]) -> Mapping[str, int]:
    """How often each label was given."""
    names = [verdict_pb2.Label.Name(verdict.label).removeprefix("LABEL_") for verdict in verdicts]
    return {name: names.count(name) for name in ("MANIPULATED", "SUSPICIOUS", "INCONCLUSIVE", "AUTHENTIC")}


def _outside(clip: Clip) -> tuple[float, ...]:
    media = clip.request.media
    length_s = media.duration.ToNanoseconds() / 1e9
    pixels = media.width_px * media.height_px
    return media.width_px, media.height_px, length_s, media.size_bytes / max(length_s, 0.1) / max(pixels, 1)


def _by(clips: Sequence[Clip], name: Callable[[Clip], str], *, fakes: bool) -> dict[str, Bools]:
    names = np.array([name(clip) if clip.fake == fakes else "" for clip in clips])
    return {each: names == each for each in sorted(set(names)) if each}


def _enough(fake: Bools) -> bool:
    return bool(min(fake.sum(), (~fake).sum()) >= LEAST_ITEMS)
