"""The run: the common training loop over tiles, with a loss for the map beside that of the picture."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from colab_training import training
from colab_training.metrics import Floats, auc
from colab_training.noise_residual.dataset import TrainingTiles, Windows, preprocessing
from colab_training.noise_residual.network import NoiseResidualNet
from colab_training.noise_residual.settings import LossSettings, NoiseSettings
from colab_training.parallel import Team
from colab_training.pictures import FacePicture
from colab_training.settings import TrainingSettings

# Looking at the watched pictures costs as much as learning from a few hundred tiles.
_LOOK_EVERY = 5


def train(
    settings: NoiseSettings, fit: Sequence[FacePicture], watched: Sequence[FacePicture], checkpoint: Path, team: Team
) -> training.Run:
    """Trains to the last epoch, from the checkpoint if there is one; `watched` is only looked at, by the team's first."""
    run = training.begin(functools.partial(network, settings), settings.training, settings.seed)
    training.resume(run, checkpoint)
    loss = functools.partial(tile_loss, settings.loss)
    while run.epoch < settings.training.epochs:
        items = TrainingTiles(fit, settings, run.epoch)
        mean = training.train_epoch(run, items, len(items), settings.training, team, loss)
        if team.rank == 0:
            training.save(run, checkpoint)
            looks = run.epoch % _LOOK_EVERY == 0 or run.epoch == settings.training.epochs
            print(f"epoch {run.epoch}: loss {mean:.4f} {_watch(run, watched, settings) if looks else ''}", flush=True)
    return run


def network(settings: NoiseSettings) -> NoiseResidualNet:
    """The untrained network of a run."""
    return NoiseResidualNet(settings.window.dropout, picture_stream=settings.window.picture_stream)


def tile_loss(
    weights: LossSettings, outputs: training.Outputs, targets: Sequence[Tensor], settings: TrainingSettings
) -> Tensor:
    """The picture's loss plus that of its cells, where it is known which were manipulated."""
    _, masks, known = targets[0], targets[1], targets[2]
    cells = functional.binary_cross_entropy_with_logits(outputs[1].float(), masks, reduction="none")  # (N, h, w)
    balanced = (cells * (1 + (weights.manipulated_cells - 1) * masks)).mean(dim=(1, 2))  # (N,)
    of_map = (balanced * known).sum() / known.sum().clamp(min=1)
    return training.picture_loss(outputs, targets, settings) + weights.cells * of_map


@torch.inference_mode()
def window_logits(network: nn.Module, windows: Windows) -> Floats:
    """Raw logits (N,) of windows of any sizes, in their order, at full precision."""
    network.eval()
    device = next(network.parameters()).device
    answers = [network(windows[index][0][None].to(device))[0] for index in range(len(windows))]
    return np.array([float(answer) for answer in answers], np.float64)


def _watch(run: training.Run, watched: Sequence[FacePicture], settings: NoiseSettings) -> str:
    values = window_logits(run.average, Windows(watched, preprocessing(settings.window)))
    sources = np.array([picture.sample.source for picture in watched])
    fake = np.array([picture.sample.fake for picture in watched])
    parts = {source: sources == source for source in sorted(set(sources.tolist()))}
    return "AUC " + ", ".join(f"{name} {auc(fake[part], values[part]):.3f}" for name, part in parts.items())
