"""Sources that were left out."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import dataclasses

import numpy as np

from colab_training.video_fusion.left_out import by_name, left_out_log_odds
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
