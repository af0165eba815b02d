"""No judge is asked about a source that it learned from, and split val is learned from by none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.metrics import Floats
from colab_training.video.clip_set import ClipSet
from colab_training.video.cross_fit import cross_fit
from colab_training.video.judges import Judge
from colab_training.video.settings import VideoSettings
from tests.training.colab_training.video.made_up import a_tag, clips, recorded_and_made, settings

RECORDED, MADE = recorded_and_made()


class Suspicious(Judge):
    """Refuses clips of sources that it learned from; says the number of clips that it learned from."""

    def __init__(self, settings: VideoSettings, learned: ClipSet, checkpoint: Path) -> None:
        super().__init__(settings)
        object.__setattr__(self, "learned", learned)
        object.__setattr__(self, "checkpoint", checkpoint)

    learned: ClipSet
    checkpoint: Path

    def raw(self, clips: ClipSet) -> Floats:
        assert not {tag.source for tag in clips.tags} & {tag.source for tag in self.learned.tags}
        return np.full(len(clips), float(len(self.learned)))


def suspicious(settings: VideoSettings, learned: ClipSet, watched: ClipSet, checkpoint: Path) -> Suspicious:
    return Suspicious(settings, learned, checkpoint)


def test_every_clip_of_a_fold_is_judged_without_its_source(tmp_path: Path) -> None:
    found = cross_fit(settings(), MADE, RECORDED, tmp_path, suspicious)
    assert len(found.folds) == 2
    assert np.isfinite(found.made).all()
    assert np.isfinite(found.recorded).all()


def test_nothing_learns_from_split_val(tmp_path: Path) -> None:
    found = cross_fit(settings(), MADE, RECORDED, tmp_path, suspicious)
    for judge in (found.final, *found.folds):
        assert {tag.split for tag in judge.learned.tags} == {"train"}
    assert len(found.final.learned) == len(MADE) + sum(tag.split == "train" for tag in RECORDED.tags)


def test_each_judge_has_its_own_checkpoint(tmp_path: Path) -> None:
    found = cross_fit(settings(), MADE, RECORDED, tmp_path, suspicious)
    names = [judge.checkpoint.name for judge in (*found.folds, found.final)]
    assert names == ["flow_consistency-fold0.pt", "flow_consistency-fold1.pt", "flow_consistency.pt"]


def test_clips_of_sources_in_no_fold_stay_without_a_number(tmp_path: Path) -> None:
    more = clips([a_tag("edtalk", fake=True, split="val")], np.zeros((1, 4), np.float32))
    assert np.isnan(cross_fit(settings(), MADE, more, tmp_path, suspicious).recorded).all()
