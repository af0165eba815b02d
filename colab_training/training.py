"""The training loop: AdamW, warm-up and cosine, a moving average of the weights, checkpoints that resume."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, Subset
from tqdm import tqdm

from colab_training.metrics import Floats
from colab_training.network import FaceSpatialNet, pretrained
from colab_training.parallel import Team
from colab_training.settings import RunSettings, TrainingSettings

Items: TypeAlias = Dataset[tuple[Tensor, Tensor]]


@dataclass
class Run:
    """What a checkpoint holds: the network, its moving average, the optimiser and how far it is."""

    network: FaceSpatialNet
    average: FaceSpatialNet
    optimiser: torch.optim.Optimizer
    epoch: int
    device: torch.device

    def state(self) -> dict[str, Any]:
        """Everything that `restore` needs."""
        parts = {"network": self.network, "average": self.average, "optimiser": self.optimiser}
        return {"epoch": self.epoch} | {name: part.state_dict() for name, part in parts.items()}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from `state`."""
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.epoch = state["epoch"]


def start(settings: RunSettings) -> Run:
    """A run at epoch 0, on the GPU where there is one."""
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.training.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = pretrained(settings.network.dropout).to(device, memory_format=torch.channels_last)
    average = pretrained(settings.network.dropout).to(device, memory_format=torch.channels_last)
    average.load_state_dict(network.state_dict())
    return Run(network, average.eval(), _optimiser(network, settings.training), 0, device)


def resume(run: Run, checkpoint: Path) -> None:
    """Restores the run from its checkpoint, if there is one."""
    if checkpoint.is_file():
        run.restore(torch.load(checkpoint, map_location=run.device, weights_only=True))


def train_epoch(run: Run, items: Items, count: int, settings: TrainingSettings, team: Team) -> float:
    """One pass over `count` items, shared by the team; the mean loss. The run's epoch is one higher afterwards."""
    torch.manual_seed(run.epoch * team.size + team.rank)
    run.network.train()
    steps = count // settings.batch
    losses = []
    for step, (pictures, labels) in enumerate(_batches(items, count, settings, team)):
        done = run.epoch * steps + step
        _set_learning_rate(run, learning_rate(settings, done, settings.epochs * steps))
        losses.append(_step(run, pictures, labels, settings, team))
        _average(run, average_decay(settings, done))
    run.epoch += 1
    return float(np.mean(losses))


def save(run: Run, checkpoint: Path) -> None:
    """Writes the checkpoint; a crash in the middle leaves the old one."""
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    half_written = checkpoint.with_suffix(".part")
    torch.save(run.state(), half_written)
    half_written.replace(checkpoint)


@torch.inference_mode()
def logits(network: FaceSpatialNet, items: Items, device: torch.device) -> Floats:
    """Raw logits (N,) of the items, in their order, at full precision."""
    network.eval()
    loader = DataLoader(items, batch_size=64)
    return np.concatenate([network(_placed(pictures, device))[0].cpu().double().numpy() for pictures, _ in loader])


def learning_rate(settings: TrainingSettings, done_steps: int, all_steps: int) -> float:
    """Linear from zero to the peak over the warm-up, then cosine to zero."""
    if done_steps < settings.warmup_steps:
        return settings.learning_rate * (done_steps + 1) / settings.warmup_steps
    share = (done_steps - settings.warmup_steps) / max(1, all_steps - settings.warmup_steps)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))


def average_decay(settings: TrainingSettings, done_steps: int) -> float:
    """Decay of the moving average: short at first, so that the untrained weights are soon forgotten."""
    return min(settings.average_decay, (1 + done_steps) / (10 + done_steps))


def _step(run: Run, pictures: Tensor, labels: Tensor, settings: TrainingSettings, team: Team) -> float:
    targets = labels.to(run.device) * (1 - settings.label_smoothing) + settings.label_smoothing / 2
    with torch.autocast(run.device.type, torch.bfloat16, enabled=settings.mixed_precision):
        output, _ = run.network(_placed(pictures, run.device))
    loss = nn.functional.binary_cross_entropy_with_logits(output.float(), targets)
    run.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    team.average_gradients(list(run.network.parameters()))
    nn.utils.clip_grad_norm_(run.network.parameters(), 2.0)
    run.optimiser.step()
    return float(loss.detach())


@torch.no_grad()
def _average(run: Run, decay: float) -> None:
    for mean, value in zip(run.average.state_dict().values(), run.network.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1 - decay)


def _set_learning_rate(run: Run, rate: float) -> None:
    for group in run.optimiser.param_groups:
        group["lr"] = rate


def _optimiser(network: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    return torch.optim.AdamW(network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)


def _batches(items: Items, count: int, settings: TrainingSettings, team: Team) -> Iterator[tuple[Tensor, Tensor]]:
    # Items alternate between the classes, so pairs in order are balanced; which face an item shows is random already.
    mine = [index for index in range(count) if index // 2 % team.size == team.rank]
    batches = DataLoader(Subset(items, mine), settings.batch // team.size, num_workers=settings.workers, drop_last=True)
    yield from tqdm(batches, f"{count} pictures", mininterval=20, disable=team.rank > 0)


def _placed(pictures: Tensor, device: torch.device) -> Tensor:
    return pictures.to(device, memory_format=torch.channels_last)
