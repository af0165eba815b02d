"""What the network learns from: reproducible, balanced, on the JPEG grid."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path  # noqa: E402 - after the check for torch

import numpy as np  # noqa: E402

from colab_training.whole_picture.dataset import Decoded, TrainingPatches, cut_patch, cut_region  # noqa: E402
from colab_training.whole_picture.makers import Makers, autoencoder  # noqa: E402
from colab_training.whole_picture.settings import WholePictureSettings, load_settings  # noqa: E402
from tests.support.image import noisy_picture  # noqa: E402

CONFIG = Path(__file__).parents[4] / "colab_training" / "configs" / "whole_picture.toml"


@pytest.fixture(scope="module")
def settings() -> WholePictureSettings:
    return load_settings(CONFIG)


def patches(settings: WholePictureSettings, epoch: int = 0) -> TrainingPatches:
    torch.manual_seed(0)
    pictures = Decoded({"scenes": [noisy_picture(200, 300)]}, {"stylegan2_tpdne": [noisy_picture(384, 384)]})
    return TrainingPatches(pictures, Makers([autoencoder("shuffle", 1, 6).eval()]), settings, epoch)


def test_items_alternate_between_the_classes(settings: WholePictureSettings) -> None:
    items = patches(settings)
    assert [float(items[index][1]) for index in range(4)] == [0, 1, 0, 1]
    assert items[0][0].shape == (3, settings.patches.side_px, settings.patches.side_px)


def test_an_item_depends_on_seed_epoch_and_index_alone(settings: WholePictureSettings) -> None:
    first, again, later = (patches(settings, epoch) for epoch in (1, 1, 2))
    assert torch.equal(first[3][0], again[3][0])
    assert not torch.equal(first[3][0], later[3][0])


@pytest.mark.parametrize("seed", range(6))
def test_a_region_holds_a_patch_and_its_side_is_a_multiple_of_a_block(seed: int) -> None:
    region = cut_region(noisy_picture(218, 178), 128, np.random.default_rng(seed))
    assert region.shape[0] == region.shape[1] >= 128
    assert region.shape[0] % 8 == 0


def test_a_patch_begins_on_a_block_of_the_picture() -> None:
    columns = np.broadcast_to(np.arange(200, dtype=np.uint8)[None, :, None], (200, 200, 3))
    for seed in range(10):
        assert cut_patch(columns, 128, np.random.default_rng(seed))[0, 0, 0] % 8 == 0
