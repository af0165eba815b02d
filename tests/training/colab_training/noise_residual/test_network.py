"""The network sees residuals, takes windows of any size, and is the same after the export."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path

import torch
from torch import nn

from colab_training.export import parity
from colab_training.noise_residual.export import export_windows
from colab_training.noise_residual.learning import tile_loss
from colab_training.noise_residual.network import NoiseResidualNet, Residuals
from colab_training.noise_residual.settings import LossSettings, load_noise_settings
from kit.models.onnx import OnnxSession

CONFIG = Path(__file__).parents[4] / "colab_training" / "configs" / "noise_residual.toml"


@pytest.fixture(scope="module")
def network() -> NoiseResidualNet:
    torch.manual_seed(0)
    return NoiseResidualNet(0.1, picture_stream=False).eval()


def test_a_flat_picture_has_no_residual() -> None:
    assert Residuals()(torch.full((1, 3, 32, 32), 0.3)).abs().max() < 1e-2


def test_learned_filters_predict_the_centre_from_the_others() -> None:
    kernels = Residuals()._constrained()
    assert torch.allclose(kernels[:, :, 2, 2], torch.full((4, 3), -1.0))
    assert torch.allclose(kernels.sum(dim=(2, 3)), torch.zeros(4, 3), atol=1e-5)


def test_strong_edges_are_cut_off() -> None:
    step = torch.full((1, 3, 32, 32), -1.0)
    step[..., 16:] = 1.0
    assert Residuals()(step).abs().max() == 2.0


def test_one_logit_a_picture_and_one_a_cell(network: NoiseResidualNet) -> None:
    logits, cells = network(torch.rand(2, 3, 96, 128) * 2 - 1)
    assert (logits.shape, cells.shape) == ((2,), (2, 6, 8))


def test_the_statistics_of_imagenet_are_kept() -> None:
    trained = NoiseResidualNet(0.1, picture_stream=True).train()
    assert not any(module.training for module in trained.modules() if isinstance(module, nn.BatchNorm2d))
    assert trained.dropout.training


def test_the_exported_file_says_the_same_at_every_size(network: NoiseResidualNet, tmp_path: Path) -> None:
    path = export_windows(network, 416, tmp_path)
    for height, width in ((64, 64), (224, 208), (352, 416)):
        window = torch.rand(1, 3, height, width) * 2 - 1
        assert parity(network, path, window.numpy()) < 1e-4
        assert OnnxSession.open(path).run({"window": window.numpy()})["map"].shape == (1, height // 16, width // 16)


def test_unknown_masks_cost_nothing() -> None:
    settings = load_noise_settings(CONFIG).training
    labels, masks = torch.tensor([1.0, 1.0]), torch.zeros(2, 4, 4)
    outputs = (torch.zeros(2), torch.stack([torch.full((4, 4), 9.0), torch.full((4, 4), -9.0)]))
    weights = LossSettings(cells=1.0, manipulated_cells=2.0)
    right, wrong = (
        tile_loss(weights, outputs, [labels, masks, torch.tensor(k)], settings) for k in ([0.0, 1.0], [1.0, 0.0])
    )
    assert wrong - right == pytest.approx(9.0, abs=0.01)
