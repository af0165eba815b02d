"""How good lips and sound are told to fit: offsets put in and found, sound swapped, false alarms; by source, with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from colab_training.calibration import fit_calibration, likelihood_limit
from colab_training.lip_sync.cross_fit import CrossFit
from colab_training.lip_sync.settings import LipSyncSettings
from colab_training.lip_sync.talks import Talk
from colab_training.lip_sync.trials import LATE, Embedded, Trial, embedded, shifted, swapped
from colab_training.metrics import Estimate, auc, bootstrap, rate
from kit.models.calibration import log_likelihood_ratio
from telltale.model.v1 import card_pb2

PUT_IN = tuple(range(-10, 11, 2))
"""Looks by which sound is made late to see whether that is found: -400 to +400 ms."""
LENGTHS = (30, 50, 75, 100, 125)
"""Looks of a window: 1.2 to 5 s. Clips are no longer than that."""
_FOUND = 1.01


@dataclass(frozen=True, eq=False)
class Trials:
    """All comparisons of a run."""

    offsets: list[Trial]
    """Windows of every length with sound made late by PUT_IN."""
    swaps: list[Trial]
    """Windows of every length with true and swapped sound."""
    calibration: list[Trial]
    """Windows of train clips, judged by networks that never saw the source: true, shifted and swapped."""


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
    dataset = "true, shifted and swapped sound of train clips, source left out"
    calibration = fit_calibration(raw, wrong.tolist(), weights * len(trials) / weights.sum(), dataset=dataset)
    clips = len({trial.talk.clip.file for trial in trials})
    calibration.limit = likelihood_limit([True] * clips + [False] * clips)
    return calibration


def metrics_of(settings: LipSyncSettings, trials: Trials, calibration: card_pb2.Calibration) -> list[card_pb2.Metric]:
    """What goes into the card."""
    return [
        *_offset_metrics(settings, trials.offsets),
        *_swap_metrics(trials.swaps),
        *_alarm_metrics(trials.swaps, calibration),
    ]


def _offset_metrics(settings: LipSyncSettings, trials: Sequence[Trial]) -> Iterator[card_pb2.Metric]:
    for (dataset, split, looks), group in _grouped(trials):
        late = [settings.late_looks.get(trial.talk.clip.source, 0.0) for trial in group]
        errors = np.array([trial.found - (trial.late or 0) for trial in group])
        clips = len({trial.talk.clip.file for trial in group})
        name = f"{dataset}, windows of {looks / 25:g} s"
        for what, apart in (("found within 40 ms", errors), ("same, less the source's own offset", errors - late)):
            hits = np.abs(apart) <= _FOUND
            yield _metric(what, name, split, _share_by_clip(group, hits.tolist()), clips)
        yield _metric("median offset found, ms", name, split, _median(40 * errors), clips)


def _swap_metrics(trials: Sequence[Trial]) -> Iterator[card_pb2.Metric]:
    for (dataset, split, looks), group in _grouped(trials):
        wrong = [trial.wrong for trial in group]
        if all(wrong) or not any(wrong):
            continue
        clips = len({trial.talk.clip.file for trial in group})
        estimate = bootstrap(auc, wrong, [trial.misfit for trial in group])
        yield _metric("auc of swapped sound", f"{dataset}, windows of {looks / 25:g} s", split, estimate, clips)


def _alarm_metrics(trials: Sequence[Trial], calibration: card_pb2.Calibration) -> Iterator[card_pb2.Metric]:
    """Of each clip the longest windows, as services cut them."""
    longest = {trial.talk.clip.file: trial.looks for trial in sorted(trials, key=lambda trial: trial.looks)}
    whole = [trial for trial in trials if trial.looks == longest[trial.talk.clip.file] and not trial.wrong]
    for dataset, split in sorted({(_dataset(trial), trial.talk.clip.split) for trial in whole}):
        ratios: dict[str, float] = {}
        for trial in whole:
            if (_dataset(trial), trial.talk.clip.split) == (dataset, split):
                said = log_likelihood_ratio(trial.misfit, calibration)
                ratios[trial.talk.clip.file] = max(said, ratios.get(trial.talk.clip.file, -np.inf))
        values = np.array(list(ratios.values()))
        for threshold in (0.0, 1.0):
            hits = int((values > threshold).sum())
            yield _metric(
                f"clips with a ratio above {threshold:g}", dataset, split, rate(hits, values.size), values.size
            )


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


def _dataset(trial: Trial) -> str:
    return f"{trial.talk.clip.source} ({'fake' if trial.talk.clip.fake else 'real'})"


def _grouped(trials: Sequence[Trial]) -> Iterator[tuple[tuple[str, str, int], list[Trial]]]:
    groups: dict[tuple[str, str, int], list[Trial]] = {}
    for trial in trials:
        groups.setdefault((_dataset(trial), trial.talk.clip.split, trial.looks), []).append(trial)
    yield from sorted(groups.items())


def _share_by_clip(trials: Sequence[Trial], hits: Sequence[bool]) -> Estimate:
    """Share of hits, with an interval over clips: what is put into one clip is found or missed together."""
    by_clip: dict[str, list[bool]] = {}
    for trial, hit in zip(trials, hits, strict=True):
        by_clip.setdefault(trial.talk.clip.file, []).append(hit)
    shares = np.array([np.mean(values) for values in by_clip.values()])
    return _over(shares, float(np.mean(shares)), np.mean)


def _median(values: np.ndarray) -> Estimate:
    return _over(values, float(np.median(values)), np.median)


def _over(values: np.ndarray, value: float, measure: object) -> Estimate:
    rng = np.random.default_rng(0)
    drawn = rng.choice(values, (1000, values.size))
    low, high = np.quantile(measure(drawn, axis=1), [0.025, 0.975])  # type: ignore[operator]
    return Estimate(value, float(low), float(high), values.size)


def _metric(metric: str, dataset: str, split: str, estimate: Estimate, items: int) -> card_pb2.Metric:
    return card_pb2.Metric(
        metric=metric,
        dataset=dataset,
        split=split,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        items=items,
    )
