"""A fitted test is fitted with the weights that training would draw by, and knows its range."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.metrics import auc
from colab_training.video.clip_set import REENCODED
from colab_training.video.judges import Judge, importance, learn
from tests.training.colab_training.video.made_up import a_tag, clips, recorded_and_made, settings

SETTINGS = settings("flow_consistency")


def test_classes_sources_and_kinds_weigh_alike_whatever_their_size() -> None:
    tags = [
        *(a_tag("grid_s1", made=REENCODED, name=str(number)) for number in range(6)),
        a_tag("float", made=REENCODED, name="alone"),
        *(a_tag("grid_s1", fake=True, made="own_face", name=str(number)) for number in range(3)),
        a_tag("grid_s1", fake=True, made="other_person", name="one"),
    ]
    weights = importance(clips(tags))
    fake = np.array([tag.fake for tag in tags])
    assert weights.mean() == pytest.approx(1)
    assert weights[fake].sum() == pytest.approx(weights[~fake].sum())
    assert weights[:6].sum() == pytest.approx(weights[6])
    assert weights[7:10].sum() == pytest.approx(weights[10])


def test_a_fitted_test_tells_fakes_by_what_tells_them(tmp_path: Path) -> None:
    recorded, made = recorded_and_made()
    judge = learn(SETTINGS, made, recorded, tmp_path / "unused.pt")
    assert judge.network is None
    raw = judge.raw(recorded)
    known = np.isfinite(raw)
    assert known.mean() > 0.8
    assert auc(recorded.fake[known], raw[known]) > 0.8
    assert list(tmp_path.iterdir()) == []


def test_a_fitted_test_has_no_opinion_beyond_its_range(tmp_path: Path) -> None:
    _, made = recorded_and_made()
    far = clips([a_tag(), a_tag()], np.array([[[0, 0, 0, 0]], [[1000, 0, 0, 0]]], np.float32))
    raw = learn(SETTINGS, made, made, tmp_path / "unused.pt").raw(far)
    assert np.isfinite(raw).tolist() == [True, False]


def test_a_judge_that_learned_nothing_says_so() -> None:
    with pytest.raises(ValueError, match="network or parameters"):
        Judge(SETTINGS).raw(clips([a_tag()], np.zeros((1, 1, 4), np.float32)))


def test_clips_that_were_not_measured_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="computed inputs"):
        learn(SETTINGS, clips([a_tag()]), clips([]), tmp_path / "unused.pt")
