"""Numbers that wander have the spread that was asked for, from the first frame on, and remember as told."""

from __future__ import annotations

import numpy as np
import pytest

from colab_training.video.wander import wander


@pytest.mark.parametrize("memory", [0.0, 0.8, 0.95])
def test_the_spread_is_the_same_in_the_first_and_the_last_frame(memory: float) -> None:
    paths = wander(np.random.default_rng(0), 30, 4000, 2.0, memory)
    assert paths.shape == (30, 4000)
    assert paths[0].std() == pytest.approx(2.0, rel=0.05)
    assert paths[-1].std() == pytest.approx(2.0, rel=0.05)


@pytest.mark.parametrize("memory", [0.0, 0.8])
def test_neighbouring_frames_are_as_alike_as_the_memory_says(memory: float) -> None:
    paths = wander(np.random.default_rng(0), 10, 4000, 1.0, memory)
    assert np.corrcoef(paths[4], paths[5])[0, 1] == pytest.approx(memory, abs=0.05)


def test_no_spread_is_no_movement() -> None:
    assert (wander(np.random.default_rng(0), 5, 3, 0.0, 0.8) == 0).all()
