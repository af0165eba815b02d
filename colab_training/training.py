"""The training loop: AdamW, warm-up and cosine, a moving average of the weights, checkpoints that resume."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, Subset
from tqdm import tqdm

from colab_training.metrics import Floats
from colab_training.network import FaceSpatialNet, pretrained, released
from colab_training.parallel import Team
from colab_training.settings import RunSettings, TrainingSettings

Items: TypeAlias = Dataset[tuple[Tensor, Tensor]]
Outputs: TypeAlias = tuple[Tensor, Tensor]  # logits (N,) and a map of logits (N, h, w)
Loss: TypeAlias = Callable[[Outputs, Sequence[Tensor], TrainingSettings], Tensor]
"""From a network's outputs and whatever an item holds besides its picture."""

CPU = torch.device("cpu")


@dataclass
class Run:
    """What a checkpoint holds: the network, its moving average, the optimiser and how far it is."""

    network: nn.Module
    average: nn.Module
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
    """A run of the learned face test at epoch 0, on the GPU where there is one."""
    return begin(lambda: _fresh(settings), settings.training, settings.seed)


def begin(make: Callable[[], nn.Module], settings: TrainingSettings, seed: int) -> Run:
    """A run of the network that `make` makes, at epoch 0, on the GPU where there is one."""
    torch.manual_seed(seed)
    torch.set_num_threads(settings.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network, average = (make().to(device, memory_format=torch.channels_last) for _ in range(2))
    average.load_state_dict(network.state_dict())
    return Run(network, average.eval(), _optimiser(network, settings), 0, device)


def resume(run: Run, checkpoint: Path) -> None:
    """Restores the run from its checkpoint, if there is one."""
    if checkpoint.is_file():
        run.restore(torch.load(checkpoint, map_location=run.device, weights_only=True))


def picture_loss(outputs: Outputs, targets: Sequence[Tensor], settings: TrainingSettings) -> Tensor:
    """Binary cross entropy of the pictures' logits; the first target is their labels."""
    labels = targets[0] * (1 - settings.label_smoothing) + settings.label_smoothing / 2
    return nn.functional.binary_cross_entropy_with_logits(outputs[0].float(), labels)


def train_epoch(
    run: Run, items: Dataset[Any], count: int, settings: TrainingSettings, team: Team, loss: Loss = picture_loss
) -> float:
    """One pass over `count` items, shared by the team; the mean loss. The run's epoch is one higher afterwards."""
    torch.manual_seed(run.epoch * team.size + team.rank)
    run.network.train()
    steps = count // settings.batch
    losses = []
    for step, (pictures, *targets) in enumerate(_batches(items, count, settings, team)):
        done = run.epoch * steps + step
        _set_learning_rate(run, learning_rate(settings, done, settings.epochs * steps))
        losses.append(_step(run, pictures, targets, settings, team, loss))
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
def logits(network: nn.Module, items: Items, device: torch.device) -> Floats:
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


def _fresh(settings: RunSettings) -> FaceSpatialNet:
    begun, dropout = settings.start, settings.network.dropout
    return pretrained(dropout) if begun is None else released(begun.model, begun.part, dropout)


def _step(
    run: Run, pictures: Tensor, targets: Sequence[Tensor], settings: TrainingSettings, team: Team, measure: Loss
) -> float:
    # On CPUs without matrix units for it bfloat16 is slower than float32: 15.6 against 17.8 pictures a second and core.
    mixed = settings.mixed_precision and run.device.type == "cuda"
    with torch.autocast(run.device.type, torch.bfloat16, enabled=mixed):
        outputs = run.network(_placed(pictures, run.device))
    loss = measure(outputs, [target.to(run.device) for target in targets], settings)
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


def _batches(items: Dataset[Any], count: int, settings: TrainingSettings, team: Team) -> Iterator[list[Tensor]]:
    # Items alternate between the classes, so pairs in order are balanced; which face an item shows is random already.
    mine = [index for index in range(count) if index // 2 % team.size == team.rank]
    batches = DataLoader(Subset(items, mine), settings.batch // team.size, num_workers=settings.workers, drop_last=True)
    yield from tqdm(batches, f"{count} pictures", mininterval=20, disable=team.rank > 0)


def _placed(pictures: Tensor, device: torch.device) -> Tensor:
    # Only pictures (N, C, H, W) have that order; clips have a dimension more.
    return pictures.to(device, memory_format=torch.channels_last if pictures.ndim == 4 else torch.preserve_format)
