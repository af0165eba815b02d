"""The section of videos: fitted on clips of split train, thresholds by clips whose source was left out, measured on split val."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from colab_training.calibration import operating_point
from colab_training.card_rows import metric_row
from colab_training.ensemble.conformal import Promise
from colab_training.ensemble.section import (
    MISSES_AUTHENTIC,
    Section,
    labels,
    promised,
)
from colab_training.ensemble.table import Table
from colab_training.evaluation import calibration_error
from colab_training.evidence_table import weighed_ratios
from colab_training.fusion_fit import scale_factor
from colab_training.metrics import Bools, Floats, auc, bootstrap
from colab_training.video_fusion.clips import Clip, fitted_cues
from colab_training.video_fusion.clips import labels as fakes_of
from colab_training.video_fusion.fitting import Fitted, hear
from colab_training.video_fusion.left_out import by_name, fit_chosen, left_out_log_odds
from colab_training.video_fusion.settings import VideoFusionSettings
from fusion_svc.fuse import weigh
from fusion_svc.model import KindParameters, point_name
from telltale.model.v1 import card_pb2

LEFT_OUT, VAL = "leave one source out", "val"
SUFFIX = " (videos)"
ABOUT = """Videos: the same sum over the worst second or two, on the person whom the tests suspect most; the prior pays for the
search. Tests are taken up one by one, as long as they make sources more likely that nothing was fitted on; the others weigh
nothing. Weights and the prior were fitted in turns with where that stretch lies, by logistic regression with an L2 penalty,
none negative, both classes alike and every source of a class alike, then one factor on all of them (temperature) on sources
left out; weights of the tests of sound were set by hand, because fitting them gained nothing on sources left out, and they
count only where they speak for manipulation: most fakes speak with the voice of a person, in sync. Thresholds come from
log-odds of clips whose source, and every clip that shares footage with it, neither choice nor weights had seen; the tests
themselves may have learned from some of these sources (see their cards). Rates of the operating points come from split val."""
LIMITS = ("Error rates of videos hold for clips like those of the data; of few clips the bounds are wide.",)


@dataclass(frozen=True, eq=False)
class FittedClips:
    """Parameters, log-odds (N,) of the clips of split train without their sources, and the promises of thresholds."""

    parameters: KindParameters
    log_odds: Floats
    promises: Sequence[Promise]


def fit_clips(clips: Sequence[Clip], settings: VideoFusionSettings) -> FittedClips:
    """Chooses tests, fits and scales. Raises ValueError when there are too few sources to leave one out."""
    cues, fake = fitted_cues(clips), fakes_of(clips)
    log_odds = left_out_log_odds(clips, cues, settings)
    shares = np.where(fake, 0.5 / fake.sum(), 0.5 / (~fake).sum())
    factor = scale_factor(log_odds, fake, shares)
    log_odds = factor * log_odds
    found = promised(log_odds[~fake], [clip.source for clip in clips if not clip.fake])
    limits = labels(found, float(np.quantile(log_odds[fake], MISSES_AUTHENTIC)))
    fitted = scaled(fit_chosen(clips, [hear(clip, cues) for clip in clips], cues, settings), factor)
    parameters = fitted.parameters(limits, round(settings.search_discount * factor, 3))
    return FittedClips(parameters, log_odds, found)


def scaled(fitted: Fitted, factor: float) -> Fitted:
    """All weights and the prior times a factor."""
    weights = {cue: round(weight * factor, 3) for cue, weight in fitted.weights.items()}
    return replace(fitted, weights=weights, prior_log_odds=round(fitted.prior_log_odds * factor, 3))


def section(clips: Sequence[Clip], fitted: FittedClips, settings: VideoFusionSettings, evidence_sha256: str) -> Section:
    """What the card says; `clips` of every split."""
    train, val = splits(clips, settings)
    log_odds = fused_clips(val, fitted.parameters)
    rows = [*_measures(train, fitted.log_odds, LEFT_OUT), *_measures(val, log_odds, VAL)]
    points = [
        operating_point(point_name("video", name), threshold, fakes_of(val), log_odds, "clips, split val")
        for name, threshold in fitted.parameters.labels.model_dump().items()
    ]
    data = _training_data(train, evidence_sha256, settings.terms)
    return Section("video", fitted.parameters, points, rows, data, ABOUT, LIMITS, fitted.promises)


def splits(clips: Sequence[Clip], settings: VideoFusionSettings) -> tuple[list[Clip], list[Clip]]:
    """Clips to learn from, and those that are only measured."""
    measured = [clip for clip in clips if clip.split in settings.measured_splits]
    return [clip for clip in clips if clip.split not in settings.measured_splits], measured


def fused_clips(clips: Sequence[Clip], parameters: KindParameters) -> Floats:
    """What fusion says of clips, (N,)."""
    return np.array([weigh(clip.request.evidence, parameters, clip.request.media).log_odds for clip in clips])


def opinions(clips: Sequence[Clip], cues: Sequence[str] | None = None) -> Table:
    """What each test says of its own worst stretch; without `cues`, all tests that had an opinion on any of the clips."""
    asked = fitted_cues(clips) if cues is None else cues
    ratios = weighed_ratios([clip.request for clip in clips], asked)
    sources, groups = (np.array([getattr(clip, name) for clip in clips]) for name in ("source", "group"))
    return Table(tuple(asked), ratios, fakes_of(clips), sources, groups)


def _measures(clips: Sequence[Clip], log_odds: Floats, split: str) -> list[card_pb2.Metric]:
    fake = fakes_of(clips)
    parts: Mapping[str, Bools] = by_name(clips) if 0 < fake.sum() < fake.size else {}
    areas = [
        metric_row("auc", name + SUFFIX, split, bootstrap(auc, fake[chosen], log_odds[chosen]))
        for name, chosen in parts.items()
    ]
    gaps = bootstrap(calibration_error, fake, log_odds, rounds=200)
    return [*areas, metric_row("ece", "all" + SUFFIX, split, gaps)]


def _training_data(
    clips: Sequence[Clip], evidence_sha256: str, terms: Mapping[str, str]
) -> list[card_pb2.TrainingData]:
    counts = Counter(clip.source for clip in clips)
    return [
        card_pb2.TrainingData(name=name + SUFFIX, licence=terms[name], manifest_sha256=evidence_sha256, items=items)
        for name, items in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    ]
