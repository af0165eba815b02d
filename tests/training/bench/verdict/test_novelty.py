"""Recordings are sorted by what the voice test has met of them."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

from bench.verdict.novelty import AS_FILED, BOTH, SOURCES, SYSTEMS, novelty
from colab_training.voice_spoof.judgements import Judgement


def recording(split: str, source: str, system: str = "", *, damage: str = "") -> Judgement:
    """A fake when a system made it; the test is sure of all but those of the system "met"."""
    told = 2.0 if system and system != "met" else -2.0
    return Judgement("a.flac", source, "", system, split, bool(system), damage, told)


RECORDINGS = [
    recording("train", "old", "met"),
    recording("train", "old"),
    recording("val", "old", "met"),
    recording("val", "old", "unmet"),
    recording("val", "new", "unmet"),
    recording("val", "new", "met"),
    recording("val", "old"),
    recording("val", "new"),
    recording("val", "new", "unmet", damage="mp3"),
]


def test_only_untouched_recordings_of_val_are_counted() -> None:
    assert {name: found.items for name, found in novelty(RECORDINGS).items()} == {
        AS_FILED: 6,
        SOURCES: 3,
        SYSTEMS: 4,
        BOTH: 2,
    }


def test_what_the_test_has_not_met_is_measured_apart() -> None:
    found = novelty(RECORDINGS)
    assert found[SYSTEMS].value == found[BOTH].value == 1.0
    assert found[AS_FILED].value == found[SOURCES].value == 0.75
