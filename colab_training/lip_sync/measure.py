"""How good lips and sound are told to fit: offsets put in and found, sound swapped, false alarms; by source, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from av_sync_svc.mouths import MOUTH_RATE_FPS
from colab_training.calibration import fit_calibration, likelihood_limit
from colab_training.lip_sync.cross_fit import CrossFit
from colab_training.lip_sync.settings import LipSyncSettings
from colab_training.lip_sync.talks import Talk
from colab_training.lip_sync.trials import LATE, Embedded, Trial, embedded, shifted, swapped
from colab_training.metrics import Estimate, auc, bootstrap, rate
from kit.models.calibration import log_likelihood_ratio
from telltale.model.v1 import card_pb2

PUT_IN: Final = tuple(range(-10, 11, 2))
"""Looks by which sound is made late to see whether that is found: -400 to +400 ms."""
LENGTHS: Final = (50, 75, 100, 125)
"""Looks of a window: 2 to 5 s. Clips are no longer than that, and of less there is no opinion."""
FOUND_40, FOUND_60, SWAPPED, FOUND = "within 40 ms", "within 60 ms", "auc of swapped sound", "median offset found, ms"
ABOVE_0, ABOVE_HALF = "clips with a ratio above 0", "clips with a ratio above 0.5"
SHORT = "clips too short for an opinion"

_WITHIN: Final = {FOUND_40: 1.0, FOUND_60: 1.5}
_ROUNDING: Final = 0.01
_ABOVE: Final = {ABOVE_0: 0.0, ABOVE_HALF: 0.5}


@dataclass(frozen=True, eq=False)
class Trials:
    """All comparisons of a run."""

    offsets: list[Trial]
    """Windows of every length with sound made late by PUT_IN."""
    swaps: list[Trial]
    """Windows of every length with true and swapped sound."""
    calibration: list[Trial]
    """Windows of real train clips, judged by networks that never saw the source: true, shifted and swapped."""


def trials_of(settings: LipSyncSettings, talks: Sequence[Talk], found: CrossFit) -> Trials:
    """Every clip is judged by a network that never saw its source, or, of split val and other sources, by the shipped one."""
    pairs = [embedded(found.final, talk) for talk in talks if talk.clip.split == "val" or not _fold(settings, talk)]
    for number, network in enumerate(found.folds):
        left_out = [talk for talk in talks if talk.clip.split != "val" and _fold(settings, talk) == number + 1]
        pairs += [embedded(network, talk) for talk in left_out]
    offsets = [trial for pair in pairs for looks in LENGTHS for trial in shifted(pair, looks, PUT_IN)]
    swaps = [trial for pair in pairs for looks in LENGTHS for trial in _true_and_swapped(pair, pairs, looks)]
    real = [pair for pair in pairs if not pair.talk.clip.fake and pair.talk.clip.split == "train"]
    held = [trial for pair in real for looks in LENGTHS for trial in _for_calibration(pair, real, looks)]
    return Trials(offsets, swaps, held)


def calibration_of(trials: Sequence[Trial]) -> card_pb2.Calibration:
    """From misfit to a log-likelihood ratio; every source counts as much, and clips, not windows, bound what may be said."""
    wrong = np.array([trial.wrong for trial in trials])
    sources = np.array([trial.talk.clip.source for trial in trials])
    groups = [f"{source} {flag}" for source, flag in zip(sources, wrong, strict=True)]
    sizes = {group: groups.count(group) for group in set(groups)}
    weights = np.array([1 / sizes[group] for group in groups])
    raw = np.array([trial.misfit for trial in trials])
    dataset = "true, shifted and swapped sound of real train clips, source left out"
    calibration = fit_calibration(raw, wrong.tolist(), weights * len(trials) / weights.sum(), dataset=dataset)
    clips = len({trial.talk.clip.file for trial in trials})
    calibration.limit = likelihood_limit([True] * clips + [False] * clips)
    return calibration


def metrics_of(settings: LipSyncSettings, trials: Trials, calibration: card_pb2.Calibration) -> list[card_pb2.Metric]:
    """What goes into the card. Of real sources every length of window; of fakes the longest, which is what services take."""
    real = [trial for trial in trials.offsets if not trial.talk.clip.fake]
    fakes = _longest([trial for trial in trials.offsets if trial.talk.clip.fake])
    swaps = [trial for trial in trials.swaps if not trial.talk.clip.fake]
    return [
        *_offset_metrics(settings, _grouped(real)),
        *_swap_metrics(_grouped(swaps)),
        *_offset_metrics(settings, _by_source(fakes)),
        *_alarm_metrics([trial for trial in _longest(trials.swaps) if not trial.wrong], calibration),
    ]


def short_metrics(settings: LipSyncSettings, talks: Sequence[Talk]) -> list[card_pb2.Metric]:
    """Sources of which some clips get no opinion, because too little of a mouth is seen at a stretch."""
    groups: dict[tuple[str, str], list[bool]] = {}
    for talk in talks:
        short = talk.looks < settings.min_s * MOUTH_RATE_FPS
        groups.setdefault((_dataset(talk), talk.clip.split), []).append(short)
    return [
        _metric(SHORT, name, split, rate(sum(group), len(group)), len(group))
        for (name, split), group in sorted(groups.items())
        if any(group)
    ]


_Group = tuple[str, str, list[Trial]]


def _offset_metrics(settings: LipSyncSettings, groups: Sequence[_Group]) -> Iterator[card_pb2.Metric]:
    """How often what was put in is found, on top of the source's own offset."""
    for name, split, group in groups:
        late = np.array([settings.late_looks.get(trial.talk.clip.source, 0.0) for trial in group])
        errors = np.array([trial.found - (trial.late or 0) for trial in group])
        for what, looks in _WITHIN.items():
            hits = np.abs(errors - late) <= looks + _ROUNDING
            yield _metric(what, name, split, _over_clips(group, hits, np.mean), _clips(group))
        yield _metric(FOUND, name, split, _over_clips(group, 40 * errors, np.median), _clips(group))


def _swap_metrics(groups: Sequence[_Group]) -> Iterator[card_pb2.Metric]:
    for name, split, group in groups:
        wrong = [trial.wrong for trial in group]
        if any(wrong) and not all(wrong):
            estimate = bootstrap(auc, wrong, [trial.misfit for trial in group])
            yield _metric(SWAPPED, name, split, estimate, _clips(group))


def _alarm_metrics(trials: Sequence[Trial], calibration: card_pb2.Calibration) -> Iterator[card_pb2.Metric]:
    """By clip, whose ratio is that of its worst window."""
    for name, split, group in _by_source(trials):
        worst: dict[str, float] = {}
        for trial in group:
            said = log_likelihood_ratio(trial.misfit, calibration)
            worst[trial.talk.clip.file] = max(said, worst.get(trial.talk.clip.file, -np.inf))
        for what, threshold in _ABOVE.items():
            hits = sum(said > threshold for said in worst.values())
            yield _metric(what, name, split, rate(hits, len(worst)), len(worst))


def _true_and_swapped(pair: Embedded, pairs: Sequence[Embedded], looks: int) -> Iterator[Trial]:
    alike = [other for other in pairs if other.talk.clip.source == pair.talk.clip.source]
    yield from shifted(pair, looks, [0])
    yield from swapped(pair, alike, looks)


def _for_calibration(pair: Embedded, pairs: Sequence[Embedded], looks: int) -> Iterator[Trial]:
    yield from _true_and_swapped(pair, pairs, looks)
    yield from shifted(pair, looks, LATE)


def _fold(settings: LipSyncSettings, talk: Talk) -> int:
    """Number of the fold that leaves a clip's source out, from 1 on; 0 where none does."""
    return next((number for number, left in enumerate(settings.folds, 1) if talk.clip.source in left), 0)


def _dataset(talk: Talk, looks: int | None = None) -> str:
    name = f"{talk.clip.source} ({'fake' if talk.clip.fake else 'real'})"
    return f"{name}, {looks / MOUTH_RATE_FPS:g} s" if looks else name


def _longest(trials: Sequence[Trial]) -> list[Trial]:
    """Of each clip the longest windows, as services cut them."""
    longest = {trial.talk.clip.file: trial.looks for trial in sorted(trials, key=lambda trial: trial.looks)}
    return [trial for trial in trials if trial.looks == longest[trial.talk.clip.file]]


def _grouped(trials: Sequence[Trial]) -> list[_Group]:
    """By source, split and length of the window."""
    return _groups(trials, lambda trial: _dataset(trial.talk, trial.looks))


def _by_source(trials: Sequence[Trial]) -> list[_Group]:
    return _groups(trials, lambda trial: _dataset(trial.talk))


def _groups(trials: Sequence[Trial], name_of: Callable[[Trial], str]) -> list[_Group]:
    groups: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        groups.setdefault((name_of(trial), trial.talk.clip.split), []).append(trial)
    return [(name, split, group) for (name, split), group in sorted(groups.items())]


def _over_clips(trials: Sequence[Trial], values: ArrayLike, measure: Callable[..., np.ndarray]) -> Estimate:
    """Of clips' own means, with an interval over clips: what is put into one clip is found or missed together."""
    by_clip: dict[str, list[float]] = {}
    for trial, value in zip(trials, np.asarray(values, np.float64), strict=True):
        by_clip.setdefault(trial.talk.clip.file, []).append(value)
    own = np.array([measure(each) for each in by_clip.values()])
    drawn = np.random.default_rng(0).choice(own, (1000, own.size))
    low, high = np.quantile(measure(drawn, axis=1), [0.025, 0.975])
    return Estimate(float(measure(own)), float(low), float(high), own.size)


def _clips(trials: Sequence[Trial]) -> int:
    return len({trial.talk.clip.file for trial in trials})


def _metric(metric: str, name: str, split: str, estimate: Estimate, clips: int) -> card_pb2.Metric:
    low, high = estimate.low, estimate.high
    return card_pb2.Metric(
        metric=metric, dataset=name, split=split, value=estimate.value, low=low, high=high, items=clips
    )
