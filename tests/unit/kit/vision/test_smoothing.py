from __future__ import annotations

import numpy as np
import pytest

from kit.vision.smoothing import smoothed

TIMES_S = np.arange(50, dtype=np.float64) * np.float64(0.16)


def test_jitter_becomes_smaller() -> None:
    noise = np.random.default_rng(0).normal(0, 5, (50, 2)).astype(np.float32)
    assert smoothed(TIMES_S, noise).std() < 0.75 * noise.std()


def test_even_movement_stays_as_it_is_up_to_the_ends() -> None:
    moving = (100 * TIMES_S[:, None]).astype(np.float32)
    assert smoothed(TIMES_S, moving) == pytest.approx(moving, abs=1e-3)


def test_nothing_passes_over_a_gap() -> None:
    times_s = np.asarray([0, 0.16, 0.32, 5, 5.16, 5.32])
    jump = np.asarray([[0], [0], [0], [90], [90], [90]], dtype=np.float32)
    assert smoothed(times_s, jump) == pytest.approx(jump, abs=1e-3)


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_values_stay_as_they_are(count: int) -> None:
    values = np.asarray([[3.0], [8.0]], dtype=np.float32)[:count]
    assert smoothed(TIMES_S[:count], values) == pytest.approx(values)
