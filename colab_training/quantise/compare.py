"""A variant against its original: on the same items, and in interleaved turns, since a machine's speed changes by the minute."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from colab_training.metrics import Bools, Estimate, Floats
from colab_training.quantise.graph import Feed
from colab_training.quantise.settings import ProofSettings
from kit.models.runtime import Session


@dataclass(frozen=True)
class Speed:
    """CPU time of a run on one thread."""

    ratio: Estimate
    """Runs of the variant in the time of one of the original."""
    original_ms: float
    variant_ms: float


@dataclass(frozen=True)
class Proof:
    """What speaks for and against a variant."""

    speed: Speed
    size_ratio: float
    """Length of the original's file by that of the variant's."""
    auc: Estimate | None = None
    """AUC of the variant less that of the original; None where nothing was judged."""
    ece: Estimate | None = None
    """Expected calibration error of the variant less that of the original."""

    def objections(self, least: ProofSettings) -> list[str]:
        """Why the variant must not be offered; empty when it may."""
        saved_ms = self.speed.original_ms - self.speed.variant_ms
        found = {
            "it was timed alone": self.auc is None or self.ece is None,
            "it may tell less well": self.auc is not None and self.auc.low <= least.least_auc_difference,
            "its probabilities may be worse": self.ece is not None and self.ece.high >= least.most_ece_difference,
            "it is not faster": self.speed.ratio.low < least.least_speed,
            f"it saves {saved_ms:.1f} ms a run": saved_ms < least.least_saved_ms,
        }
        return [sentence for sentence, holds in found.items() if holds]


def paired(
    measure: Callable[[Bools, Floats], float],
    fake: ArrayLike,
    variant: ArrayLike,
    original: ArrayLike,
    *,
    rounds: int = 1000,
    seed: int = 0,
) -> Estimate:
    """The measure of the variant less that of the original, with its 95% interval over items drawn within each class."""
    labels, ours, theirs = np.asarray(fake, bool), np.asarray(variant, np.float64), np.asarray(original, np.float64)
    rng = np.random.default_rng(seed)
    classes = np.flatnonzero(labels), np.flatnonzero(~labels)
    drawn = (np.concatenate([rng.choice(each, each.size) for each in classes]) for _ in range(rounds))
    apart = [measure(labels[index], ours[index]) - measure(labels[index], theirs[index]) for index in drawn]
    low, high = np.quantile(apart, [0.025, 0.975])
    return Estimate(measure(labels, ours) - measure(labels, theirs), float(low), float(high), labels.size)


def speed(original: Session, variant: Session, feeds: Sequence[Feed], rounds: int = 3, seed: int = 0) -> Speed:
    """Both take turns on each input, `rounds` times; the interval is that of the ratio of mean times, over inputs drawn again."""
    for session in (original, variant):
        session.run(feeds[0])
    times_s = np.array(
        [[_turn(session, feed) for session in (original, variant)] for _ in range(rounds) for feed in feeds]
    )
    each_s = np.median(times_s.reshape(rounds, len(feeds), 2), axis=0)  # (inputs, 2)
    rng = np.random.default_rng(seed)
    means = [each_s[rng.integers(len(feeds), size=len(feeds))].mean(axis=0) for _ in range(1000)]
    low, high = np.quantile([mean[0] / mean[1] for mean in means], [0.025, 0.975])
    before, after = each_s.mean(axis=0)
    return Speed(Estimate(float(before / after), float(low), float(high), len(feeds)), 1e3 * before, 1e3 * after)


def _turn(session: Session, feed: Feed) -> float:
    # A session of one thread runs in the thread of its caller; what others do meanwhile on this machine does not count.
    started_s = time.thread_time()
    session.run(feed)
    return time.thread_time() - started_s
