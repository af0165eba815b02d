"""Ways of calibrating."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="the training environment is not installed")

import numpy as np

from colab_training.ensemble.calibrate import AS_IT_IS, ISOTONIC, PLATT, TEMPERATURE, compare_scales, isotonic
from tests.training.colab_training.ensemble.made_up import table


def test_log_odds_that_say_too_much_are_mended_by_every_way() -> None:
    own = table(600)
    rows = compare_scales(own, 6.0 * own.heard[:, 0])
    assert list(rows) == [AS_IT_IS, TEMPERATURE, PLATT, ISOTONIC]
    assert all(rows[name].log_loss < 0.7 * rows[AS_IT_IS].log_loss for name in (TEMPERATURE, PLATT, ISOTONIC))


def test_isotonic_regression_is_never_certain() -> None:
    scale = isotonic(np.array([False, True] * 50), np.array([-1.0, 1.0] * 50), np.ones(100))
    assert np.isfinite(scale(np.array([-9.0, 9.0]))).all()
