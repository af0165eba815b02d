"""Masks lie where the outline says, and fade as wide as told."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("av", reason="the media library is not installed")

from colab_training.video.footage import TEMPLATE
from colab_training.video.masks import OUTLINES, soft_mask

LANDMARKS = 32 + TEMPLATE * 64
EYE, MOUTH = (LANDMARKS[index].astype(int) for index in (0, 3))


def mask(name: str, softness: float = 0.01) -> np.ndarray:
    return soft_mask(LANDMARKS, np.asarray(OUTLINES[name]), (128, 128), softness)


@pytest.mark.parametrize("name", OUTLINES)
def test_a_mask_lies_on_the_face_and_ends_around_it(name: str) -> None:
    made = mask(name)
    assert made.shape == (128, 128)
    assert made.min() >= 0
    assert made.max() == pytest.approx(1, abs=1e-4)
    assert (made[:20] == 0).all()
    assert (made[:, :20] == 0).all()


def test_lower_and_upper_parts_hold_what_their_names_say() -> None:
    lower, eyes = mask("lower"), mask("eyes")
    assert lower[MOUTH[1], MOUTH[0]] > 0.99 > 0.01 > lower[EYE[1], EYE[0]]
    assert eyes[EYE[1], EYE[0]] > 0.99 > 0.01 > eyes[MOUTH[1], MOUTH[0]]


def test_a_softer_mask_has_a_wider_edge() -> None:
    sharp, soft = (mask("face", softness) for softness in (0.01, 0.06))
    assert ((soft > 0.05) & (soft < 0.95)).sum() > 2 * ((sharp > 0.05) & (sharp < 0.95)).sum()


def test_a_mask_follows_the_face() -> None:
    outline = np.asarray(OUTLINES["face"])
    moved = soft_mask(LANDMARKS + np.array([10, 0]), outline, (128, 128), 0.01)
    np.testing.assert_allclose(moved[:, 40:100], mask("face")[:, 30:90], atol=0.02)
