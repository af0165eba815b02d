"""A fitted test is fitted with the weights that training would draw by, and knows its range."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.metrics import auc
from colab_training.video.clip_set import RECORDED, REENCODED
from colab_training.video.judges import Judge, importance, learn, with_features
from temporal_svc.features import flow_features
from tests.training.colab_training.video.made_up import a_tag, clips, noisy_clips, recorded_and_made, settings

SETTINGS = settings("flow_consistency", recorded_share=0.25)


def test_classes_pools_and_groups_weigh_as_told() -> None:
    tags = [
        *(a_tag("grid_s1", name=str(number)) for number in range(6)),
        a_tag("float", name="alone"),
        a_tag("grid_s1", made=REENCODED, name="again"),
        a_tag("grid_s1", fake=True, name="b"),
        *(a_tag("grid_s1", fake=True, made="own_face", name=str(number)) for number in range(3)),
    ]
    weights = importance(clips(tags), 0.25)
    fake, recorded = np.array([tag.fake for tag in tags]), np.array([tag.made == RECORDED for tag in tags])
    assert weights.mean() == pytest.approx(1)
    assert weights[fake].sum() == pytest.approx(weights[~fake].sum())
    assert weights[recorded & ~fake].sum() == pytest.approx(0.25 * weights[~fake].sum())
    assert weights[:6].sum() == pytest.approx(weights[6])


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
    far = clips([a_tag(), a_tag()], np.array([[0, 0, 0, 0], [1000, 0, 0, 0]], np.float32))
    raw = learn(SETTINGS, made, made, tmp_path / "unused.pt").raw(far)
    assert np.isfinite(raw).tolist() == [True, False]


def test_clips_get_the_features_of_the_test_in_their_order(tmp_path: Path) -> None:
    measured = with_features(SETTINGS, noisy_clips([a_tag(), a_tag("float")]), tmp_path / "unused.pt", tmp_path)
    assert measured.features is not None
    assert measured.features.shape == (2, 66)
    np.testing.assert_array_equal(measured.features[1], flow_features(measured.clip(1)))


def test_a_judge_that_learned_nothing_says_so() -> None:
    with pytest.raises(ValueError, match="network or parameters"):
        Judge(SETTINGS).raw(clips([a_tag()], np.zeros((1, 4), np.float32)))


def test_clips_without_features_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="with_features"):
        learn(SETTINGS, clips([a_tag()]), clips([]), tmp_path / "unused.pt")
