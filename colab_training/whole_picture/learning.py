"""The run: the common training loop over patches, and the range of pictures that the network may be asked about."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from colab_training import training
from colab_training.parallel import Team
from colab_training.whole_picture.dataset import Decoded, TrainingPatches
from colab_training.whole_picture.makers import Makers
from colab_training.whole_picture.network import EMBEDDING, WholePictureNet
from colab_training.whole_picture.settings import WholePictureSettings
from image_svc.cues.gates import Refusal
from image_svc.patches import admit
from kit.convert.tensor import Picture
from telltale.model.v1 import card_pb2

# Directions in which the pictures of the fit hardly differ must not make every other picture strange.
_SHRINKAGE = 0.1
_EDGE_OF_RANGE = 0.99


def train(
    settings: WholePictureSettings, pictures: Decoded, makers: Makers, checkpoint: Path, team: Team
) -> training.Run:
    """Trains to the last epoch, from the checkpoint if there is one."""
    make = functools.partial(WholePictureNet, colours=settings.patches.colours)
    run = training.begin(make, settings.training, settings.seed)
    training.resume(run, checkpoint)
    while run.epoch < settings.training.epochs:
        items = TrainingPatches(pictures, makers, settings, run.epoch)
        loss = training.train_epoch(run, items, len(items), settings.training, team)
        if team.rank == 0:
            training.save(run, checkpoint)
            print(f"epoch {run.epoch}: loss {loss:.4f}", flush=True)
    return run


def set_range(
    network: WholePictureNet,
    fit: Sequence[Picture],
    held: Sequence[Picture],
    preprocessing: card_pb2.ImagePreprocessing,
) -> None:
    """Makes strangeness 1 the edge of the tested range: the distance that one in a hundred of the pictures held back exceeds.

    The distance is Mahalanobis's over embeddings of pictures (Lee et al., "A Simple Unified Framework for Detecting
    Out-of-Distribution Samples", NeurIPS 2018), with a shrunk covariance.
    """
    known, other = (embeddings(network, pictures, preprocessing) for pictures in (fit, held))
    mean = known.mean(dim=0)
    covariance = torch.cov(known.T) + 1e-9 * torch.eye(EMBEDDING)
    shrunk = (1 - _SHRINKAGE) * covariance + _SHRINKAGE * covariance.diagonal().mean() * torch.eye(EMBEDDING)
    values, vectors = torch.linalg.eigh(shrunk)
    whitening = vectors / values.sqrt()
    distances = ((other - mean) @ whitening).pow(2).mean(dim=1).sqrt()
    network.set_range(mean, whitening / float(np.quantile(distances.numpy(), _EDGE_OF_RANGE)))


@torch.inference_mode()
def embeddings(
    network: WholePictureNet, pictures: Sequence[Picture], preprocessing: card_pb2.ImagePreprocessing
) -> Tensor:
    """(N, 96) mean embeddings of the pictures that the cue admits."""
    admitted = [admit(picture, preprocessing) for picture in pictures]
    tensors = [torch.from_numpy(found.tensors) for found in admitted if not isinstance(found, Refusal)]
    return torch.stack([network.eval().embed(patches).mean(dim=0) for patches in tensors])
