"""Generator-like copies: the same for the same seed, of the same size, and not the picture itself."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path  # noqa: E402 - after the check for torch

import numpy as np  # noqa: E402

from colab_training.whole_picture.makers import DEPTHS, KINDS, autoencoder, learn, made, trained_makers  # noqa: E402
from colab_training.whole_picture.settings import MakerSettings  # noqa: E402
from tests.support.image import sample  # noqa: E402

QUICK = MakerSettings(each=1, width=6, steps=4, batch=2, side_px=32, learning_rate=6e-3)


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    return np.ascontiguousarray(sample("portrait.jpg")[:101, :90])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("depth", DEPTHS)
def test_a_copy_has_the_size_of_the_picture(kind: str, depth: int, portrait: np.ndarray) -> None:
    copy = made(autoencoder(kind, depth, 6).eval(), portrait)
    assert copy.shape == portrait.shape
    assert copy.dtype == np.uint8
    assert (copy != portrait).any()


def test_a_copy_keeps_the_coarse_colours_of_the_picture(portrait: np.ndarray) -> None:
    copy = made(autoencoder("nearest", 1, 6).eval(), portrait)  # untrained: its own colours are far off
    assert np.abs(copy.mean(axis=(0, 1)) - portrait.mean(axis=(0, 1))).max() < 5


def test_an_autoencoder_comes_out_the_same_for_the_same_seed(portrait: np.ndarray) -> None:
    first, second, other = (autoencoder("transposed", 1, 6) for _ in range(3))
    assert learn(first, [portrait], QUICK, 3) == learn(second, [portrait], QUICK, 3)
    learn(other, [portrait], QUICK, 4)
    np.testing.assert_array_equal(made(first.eval(), portrait), made(second.eval(), portrait))
    assert (made(first, portrait) != made(other.eval(), portrait)).any()


def test_trained_makers_are_read_back_from_their_file(portrait: np.ndarray, tmp_path: Path) -> None:
    makers = trained_makers([portrait], QUICK, 1, tmp_path / "makers.pt")
    again = trained_makers([], QUICK, 1, tmp_path / "makers.pt")
    assert len(makers.networks) == len(KINDS) * len(DEPTHS)
    copies = [each.make(portrait, np.random.default_rng(5)) for each in (makers, again)]
    np.testing.assert_array_equal(*copies)
