"""Training the two networks of video, and asking them about clips."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import Dataset

from colab_training import training
from colab_training.metrics import Floats, auc
from colab_training.parallel import Team, run_team
from colab_training.settings import TrainingSettings
from colab_training.video.clip_set import ClipSet
from colab_training.video.networks import FaceDrift, FaceMotion
from colab_training.video.settings import VideoSettings

NETWORKS: dict[str, Callable[[], nn.Module]] = {"face_motion": FaceMotion, "face_drift": FaceDrift}
_BATCH = 32


class TrainingClips(Dataset[tuple[Tensor, Tensor]]):
    """An epoch of `count` clips, real and fake by turns; within a class every source, and every kind of made fake, as often."""

    def __init__(self, clips: ClipSet, settings: VideoSettings, epoch: int, count: int) -> None:
        self._clips, self._settings, self._epoch, self._count = clips, settings, epoch, count
        self._pools = tuple(_by_group(clips, fake) for fake in (False, True))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        rng = np.random.default_rng((self._settings.seed, self._epoch, index))
        groups = self._pools[index % 2]
        position = int(rng.choice(groups[int(rng.integers(len(groups)))]))
        inputs = inputs_of(self._clips)
        seen = inputs[position, int(rng.integers(inputs.shape[1]))].astype(np.float32)
        return torch.from_numpy(seen), torch.tensor(float(index % 2))


def train(settings: VideoSettings, clips: ClipSet, watched: ClipSet, checkpoint: Path) -> nn.Module:
    """The moving average of the network after the last epoch, from the checkpoint if there is one.

    `watched` is only looked at.
    """
    options = settings.training
    if options is None:
        raise ValueError(f"{settings.name} is a network: its configuration needs [training]")
    parameters = sum(parameter.numel() for parameter in NETWORKS[settings.name]().parameters())
    work = functools.partial(_train, settings, options, clips, watched, checkpoint)
    run_team(options.processes, parameters, work)
    network = NETWORKS[settings.name]()
    network.load_state_dict(torch.load(checkpoint, map_location=training.CPU, weights_only=True)["average"])
    return network.eval()


@torch.inference_mode()
def clip_logits(network: nn.Module, clips: ClipSet) -> Floats:
    """Raw logits (N,) of clips as services prepare them."""
    network.eval()
    inputs = inputs_of(clips)[:, 0]
    starts = range(0, len(clips), _BATCH)
    found = [network(torch.from_numpy(inputs[first : first + _BATCH].astype(np.float32))) for first in starts]
    return np.concatenate([logits.double().numpy() for logits in found])


def clip_loss(logits: Tensor, targets: Sequence[Tensor], settings: TrainingSettings) -> Tensor:
    """Binary cross entropy of the clips' logits (N,)."""
    return training.picture_loss((logits, logits), targets, settings)


def _train(
    settings: VideoSettings, options: TrainingSettings, clips: ClipSet, watched: ClipSet, checkpoint: Path, team: Team
) -> None:
    run = training.begin(NETWORKS[settings.name], options, settings.seed)
    for network in (run.network, run.average):
        network.standardise.learn(torch.from_numpy(inputs_of(clips)[:, 0].astype(np.float32)))  # type: ignore[operator,union-attr]
    training.resume(run, checkpoint)
    while run.epoch < options.epochs:
        items = TrainingClips(clips, settings, run.epoch, options.samples_per_epoch)
        mean = training.train_epoch(run, items, len(items), options, team, clip_loss)  # type: ignore[arg-type]
        if team.rank == 0:
            training.save(run, checkpoint)
            print(f"epoch {run.epoch}: loss {mean:.4f} {_watch(run.average, watched)}", flush=True)


def _watch(network: nn.Module, watched: ClipSet) -> str:
    if not len(watched):
        return ""
    return f"AUC on watched clips {auc(watched.fake, clip_logits(network, watched)):.3f}"


def inputs_of(clips: ClipSet) -> NDArray[np.floating]:
    """(N, 1 + variants, …). Raises ValueError when they were not computed."""
    if clips.inputs is None:
        raise ValueError("tests learn from computed inputs; see inputs.py")
    return clips.inputs


def _by_group(clips: ClipSet, fake: bool) -> list[list[int]]:
    groups: dict[tuple[str, str], list[int]] = {}
    for position, tag in enumerate(clips.tags):
        if tag.fake == fake:
            groups.setdefault((tag.made, tag.source), []).append(position)
    return list(groups.values())
