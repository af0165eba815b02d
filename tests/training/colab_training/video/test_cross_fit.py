"""A clip's number comes from a judge that never learned from its source, and no recorded clip is learned from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.metrics import Floats
from colab_training.video.clip_set import ClipSet, joined
from colab_training.video.cross_fit import CrossFit, cross_fit
from colab_training.video.judges import Judge
from colab_training.video.settings import VideoSettings
from tests.training.colab_training.video.made_up import a_tag, clips, recorded_and_made, settings

RECORDED, MADE = recorded_and_made()
STRANGERS = clips([a_tag("actalker", fake=True)] * 3, np.zeros((3, 1, 4), np.float32))
MOST_OF_ONE = MADE.only(np.arange(20))
"""Twelve clips of grid_s1 and eight of float, so that the number of clips tells the folds' judges apart."""


class Counting(Judge):
    """Says of every clip the number of clips that it learned from."""

    def __init__(self, settings: VideoSettings, learned: ClipSet, checkpoint: Path) -> None:
        super().__init__(settings)
        object.__setattr__(self, "learned", learned)
        object.__setattr__(self, "checkpoint", checkpoint)

    learned: ClipSet
    checkpoint: Path

    def raw(self, clips: ClipSet) -> Floats:
        return np.full(len(clips), float(len(self.learned)))


def counting(settings: VideoSettings, learned: ClipSet, watched: ClipSet, checkpoint: Path) -> Counting:
    return Counting(settings, learned, checkpoint)


@pytest.fixture
def found(tmp_path: Path) -> CrossFit:
    return cross_fit(settings(), MOST_OF_ONE, joined([RECORDED, STRANGERS]), tmp_path, counting)


def test_every_made_clip_is_judged_without_its_source(found: CrossFit) -> None:
    without = {"grid_s1": 8, "float": 12}
    assert found.made.tolist() == [without[tag.source] for tag in MOST_OF_ONE.tags]


def test_every_recorded_clip_is_judged_without_its_source(found: CrossFit) -> None:
    without = {"grid_s1": 8, "float": 12}
    assert found.recorded[: len(RECORDED)].tolist() == [without[tag.source] for tag in RECORDED.tags]


def test_recorded_fakes_of_sources_in_no_fold_get_the_mean_of_all_folds(found: CrossFit) -> None:
    assert found.recorded[len(RECORDED) :].tolist() == [10, 10, 10]


def test_no_judge_learns_from_recorded_clips_or_from_the_sources_of_its_fold(found: CrossFit) -> None:
    for judge, sources in zip((*found.folds, found.final), ({"float"}, {"grid_s1"}, {"grid_s1", "float"}), strict=True):
        assert {tag.source for tag in judge.learned.tags} == sources
        assert "recorded" not in {tag.made for tag in judge.learned.tags}
    assert len(found.final.learned) == len(MOST_OF_ONE)


def test_each_judge_has_its_own_checkpoint(found: CrossFit) -> None:
    names = [judge.checkpoint.name for judge in (*found.folds, found.final)]
    assert names == ["flow_consistency-fold0.pt", "flow_consistency-fold1.pt", "flow_consistency.pt"]
