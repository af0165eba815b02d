"""Sources that were left out, and thresholds from them."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import dataclasses

import numpy as np

from colab_training.video_fusion.left_out import by_name, left_out_log_odds, thresholds
from tests.training.colab_training.video_fusion.made_up import clips, settings

CUES = ["face_drift", "face_motion"]


def test_a_class_of_one_source_cannot_be_left_out() -> None:
    found = [entry for entry in clips(2) if entry.source != "talks"]
    with pytest.raises(ValueError, match="without the source 'news' a class has no clip left"):
        left_out_log_odds(found, CUES, settings())


def test_clips_that_share_footage_with_the_source_are_left_out_too() -> None:
    """The fakes of "heads" are made from the news; without both the news and them, "swaps" is all that is left."""
    found = [
        dataclasses.replace(entry, group="one broadcast") if entry.source in ("news", "heads") else entry
        for entry in clips(2)
        if entry.source != "swaps"
    ]
    with pytest.raises(ValueError, match="without the source 'heads' a class has no clip left"):
        left_out_log_odds(found, CUES, settings())


def test_what_a_source_looks_like_does_not_reach_its_own_log_odds() -> None:
    found = clips(3)
    before = left_out_log_odds(found, CUES, settings(rounds=1))
    flipped = [dataclasses.replace(entry, fake=entry.group != "swaps-0" and entry.fake) for entry in found]
    after = left_out_log_odds(flipped, CUES, settings(rounds=1))
    swaps = np.array([entry.source == "swaps" for entry in found])
    assert (before[swaps] == after[swaps]).all()
    assert (before[~swaps] != after[~swaps]).any()


def test_labels_begin_where_few_real_clips_and_few_fakes_are_left() -> None:
    fake = np.arange(400) >= 200
    log_odds = np.concatenate([np.linspace(-2, 2, 200), np.linspace(-2, 2, 200)])
    limits = thresholds(fake, log_odds, settings())
    assert (
        (log_odds[~fake] >= limits["manipulated"]).mean()
        <= 0.02
        < (log_odds[~fake] >= limits["manipulated"] - 0.03).mean()
    )
    assert (
        (log_odds[~fake] >= limits["suspicious"]).mean()
        <= 0.05
        < (log_odds[~fake] >= limits["suspicious"] - 0.03).mean()
    )
    assert (
        (log_odds[fake] <= limits["authentic"]).mean() <= 0.10 < (log_odds[fake] <= limits["authentic"] + 0.03).mean()
    )


def test_labels_keep_their_signs_whatever_the_data_say() -> None:
    fake = np.arange(100) >= 50
    limits = thresholds(fake, np.where(fake, 5.0, -5.0), settings())
    assert limits == {"manipulated": 0.1, "suspicious": 0.1, "authentic": -0.1}


def test_measures_are_about_sources_of_fakes_and_of_reals_and_kinds() -> None:
    found = clips(1)
    parts = {name: [found[n].source for n in np.flatnonzero(chosen)] for name, chosen in by_name(found).items()}
    assert parts == {
        "all": ["news", "talks", "swaps", "heads"],
        "heads fakes": ["news", "talks", "heads"],
        "swaps fakes": ["news", "talks", "swaps"],
        "news reals": ["news", "swaps", "heads"],
        "talks reals": ["talks", "swaps", "heads"],
        "kind swap": ["news", "talks", "swaps", "heads"],
    }
