"""Blended faces change inside the face only."""

from __future__ import annotations

import numpy as np

from colab_training.blending import donor_blend, region_mask, self_blend
from kit.convert.tensor import Picture

LANDMARKS = np.array([[80, 80], [120, 80], [100, 100], [85, 120], [115, 120]], np.float32)


def picture(seed: int) -> Picture:
    return np.random.default_rng(seed).integers(60, 190, (200, 200, 3), dtype=np.uint8)


def test_the_mask_is_soft_and_lies_on_the_face() -> None:
    for seed in range(20):
        mask = region_mask((200, 200, 3), LANDMARKS, np.random.default_rng(seed))
        assert mask.max() > 0.3
        assert mask[:20].max() < 1e-3
        assert mask.min() >= 0.0


def test_a_self_blend_changes_the_face() -> None:
    changed = [(self_blend(picture(0), LANDMARKS, np.random.default_rng(s)) != picture(0)).mean() for s in range(10)]
    assert min(changed) > 0.005


def test_a_donor_changes_the_face_but_not_the_corners() -> None:
    blended = donor_blend(picture(0), LANDMARKS, picture(1), LANDMARKS + 10, np.random.default_rng(3))
    assert (blended != picture(0)).any()
    assert np.abs(blended[:15, :15].astype(int) - picture(0)[:15, :15]).max() <= 1


def test_landmarks_on_one_spot_fall_back_to_a_self_blend() -> None:
    spot = np.full((5, 2), 50, np.float32)
    assert donor_blend(picture(0), LANDMARKS, picture(1), spot, np.random.default_rng(0)).shape == (200, 200, 3)
