from __future__ import annotations

import pytest

pytest.importorskip("scipy", reason="the training dependencies are not installed")

import numpy as np

from colab_training.exif_anomaly.files import ORIGINAL, Example
from colab_training.exif_anomaly.fitting import NAMES, Weights, fit, shares, tempered, unseen_makes
from colab_training.metrics import auc

RIDGE = 0.005


def example(make: str, kind: str, **traits: float) -> Example:
    return Example(make, make, kind, {**dict.fromkeys(NAMES, 0.0), **traits})


def lesson() -> list[Example]:
    """Three makes; forgeries drop the preview, and cameras, oddly, are disordered more often than they."""
    makes = ("canon", "nikon", "sony")
    originals = [example(make, ORIGINAL, tags_disordered=1.0) for make in makes]
    return originals + [example(make, "stripped", preview_missing=1.0) for make in makes for _ in range(4)]


def test_classes_and_makes_count_alike() -> None:
    found = [*lesson(), *[example("canon", ORIGINAL)] * 5]
    counts = shares(found)
    changed = np.array([e.changed for e in found])
    assert counts[changed].sum() == pytest.approx(0.5)
    assert counts[[e.make == "canon" and not e.changed for e in found]].sum() == pytest.approx(0.5 / 3)


def test_no_trait_speaks_for_a_camera() -> None:
    weights = dict(zip(NAMES, fit(lesson(), RIDGE).weights, strict=True))
    assert weights["preview_missing"] > 1
    assert weights["tags_disordered"] == 0.0


def test_makes_that_were_never_seen_are_told_apart() -> None:
    found = lesson()
    assert auc([e.changed for e in found], unseen_makes(found, RIDGE)) == 1.0


def test_a_forgery_that_was_never_seen_and_breaks_no_known_habit_stays_unseen() -> None:
    found = [*lesson(), *[example(make, "dates", dates_apart=1.0) for make in ("canon", "nikon", "sony")]]
    chosen = [index for index, e in enumerate(found) if e.kind in (ORIGINAL, "dates")]
    odds = unseen_makes(found, RIDGE, "dates")[chosen]
    assert auc([found[index].changed for index in chosen], odds) == pytest.approx(0.5)


def test_boasting_is_tempered() -> None:
    found = lesson()
    wrong = np.array([3.0 if index % 3 else -3.0 for index in range(len(found))])
    calmer = tempered(Weights(0.0, np.ones(len(NAMES))), found, wrong)
    assert np.all(calmer.weights < 0.5)
