"""Generator-like fakes made from real pictures: small autoencoders whose decoders up-sample the way generators do.

What the decoders of GANs and of latent diffusion have in common is up-sampling followed by learned convolutions, which leaves
relations between neighbouring pixels that no camera writes (Tan et al., "Rethinking the Up-Sampling Operations in CNN-based
Generative Network", CVPR 2024; Durall et al., "Watch your Up-Convolution", CVPR 2020). Passing a real picture through such a
decoder keeps what it shows and changes only these traces, so that a network cannot learn the content instead.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from colab_training.whole_picture.settings import MakerSettings
from kit.convert.tensor import Picture

DEPTHS = (1, 2)
# The bottleneck passes 2/3 and 5/12 of the numbers of the picture: less, and small networks only blur.
_LATENT = {1: 8, 2: 20}
_MULTIPLE_PX = 4
# Coarser than this, the copy gets the colours of the original back: a small network's are visibly off, a generator's are not.
_COARSE_PX = 3.0
# Convolutions that pad with zeros leave a frame; it must not become the mark of a made patch.
_MARGIN_PX = 16


def _nearest(width: int) -> nn.Module:
    return nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(width, width, 3, padding=1))


def _bilinear(width: int) -> nn.Module:
    up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
    return nn.Sequential(up, nn.Conv2d(width, width, 3, padding=1))


def _transposed(width: int) -> nn.Module:
    return nn.ConvTranspose2d(width, width, 4, stride=2, padding=1)


def _shuffle(width: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(width, width * 4, 3, padding=1), nn.PixelShuffle(2))


KINDS: Mapping[str, Callable[[int], nn.Module]] = {
    "nearest": _nearest,
    "bilinear": _bilinear,
    "transposed": _transposed,
    "shuffle": _shuffle,
}


@dataclass(frozen=True)
class Makers:
    """Trained autoencoders, in evaluation mode."""

    networks: Sequence[nn.Module]

    def make(self, picture: Picture, rng: np.random.Generator) -> Picture:
        """A generator-like copy of an RGB picture, uint8 (H, W, 3) like it, by an autoencoder that `rng` chooses."""
        return made(self.networks[int(rng.integers(len(self.networks)))], picture)


@torch.inference_mode()
def made(network: nn.Module, picture: Picture) -> Picture:
    """What the autoencoder makes of an RGB picture, uint8 (H, W, 3), at the same size."""
    height, width = picture.shape[:2]
    margins = (_MARGIN_PX, _MARGIN_PX + -height % _MULTIPLE_PX, _MARGIN_PX, _MARGIN_PX + -width % _MULTIPLE_PX)
    padded = cv2.copyMakeBorder(picture, *margins, cv2.BORDER_REFLECT_101)
    answer = network(_tensor(np.asarray(padded, np.uint8)[None]))[0]  # (3, H + margins, W + margins)
    inside = answer[:, _MARGIN_PX : _MARGIN_PX + height, _MARGIN_PX : _MARGIN_PX + width]
    copy = np.ascontiguousarray(inside.permute(1, 2, 0).numpy()) * np.float32(255)
    coarse = cv2.GaussianBlur(picture.astype(np.float32) - copy, (0, 0), _COARSE_PX)
    return np.clip(copy + coarse + 0.5, 0, 255).astype(np.uint8)


def autoencoder(kind: str, depth: int, width: int) -> nn.Module:
    """An untrained one: (N, 3, H, W) in [0, 1] to the same; H and W are multiples of 2**depth."""
    layers: list[nn.Module] = []
    for channels in (3, *[width] * (depth - 1)):
        layers += [nn.Conv2d(channels, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
    layers += [nn.Conv2d(width, _LATENT[depth], 1), nn.Conv2d(_LATENT[depth], width, 3, padding=1), nn.LeakyReLU(0.2)]
    for _ in range(depth):
        layers += [KINDS[kind](width), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(width, 3, 3, padding=1))


def trained_makers(pictures: Sequence[Picture], settings: MakerSettings, seed: int, file: Path) -> Makers:
    """Autoencoders of every kind and depth, from `file` if it is there, else trained on these pictures and written to it."""
    plans = list(itertools.product(KINDS, DEPTHS, range(settings.each)))
    networks = [autoencoder(kind, depth, settings.width) for kind, depth, _ in plans]
    if file.is_file():
        for network, state in zip(networks, torch.load(file, weights_only=True), strict=True):
            network.load_state_dict(state)
    else:
        for index, network in enumerate(tqdm(networks, "makers", mininterval=20)):
            learn(network, pictures, settings, seed + index)
        file.parent.mkdir(parents=True, exist_ok=True)
        torch.save([network.state_dict() for network in networks], file)
    return Makers([network.eval() for network in networks])


def learn(network: nn.Module, pictures: Sequence[Picture], settings: MakerSettings, seed: int) -> float:
    """Trains an autoencoder to copy crops of the pictures; the last loss. The outcome depends on `seed` alone."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    _initialise(network)
    optimiser = torch.optim.Adam(network.parameters(), settings.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.learning_rate, settings.steps)
    loss = torch.zeros(())
    for _ in range(settings.steps):
        wanted = _tensor(np.stack([_crop(pictures, settings.side_px, rng) for _ in range(settings.batch)]))
        loss = _difference(network(wanted), wanted)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
    return float(loss.detach())


def _difference(copy: Tensor, wanted: Tensor) -> Tensor:
    # The mean difference alone is content with a blurred copy; differences of neighbours are not.
    across = nn.functional.l1_loss(copy.diff(dim=3), wanted.diff(dim=3))
    down = nn.functional.l1_loss(copy.diff(dim=2), wanted.diff(dim=2))
    return nn.functional.l1_loss(copy, wanted) + across + down


def _initialise(network: nn.Module) -> None:
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.kaiming_normal_(layer.weight, a=0.2, mode="fan_in")
            nn.init.zeros_(layer.bias)


def _crop(pictures: Sequence[Picture], side_px: int, rng: np.random.Generator) -> Picture:
    picture = pictures[int(rng.integers(len(pictures)))]
    top, left = (int(rng.integers(size - side_px + 1)) for size in picture.shape[:2])
    return picture[top : top + side_px, left : left + side_px]


def _tensor(pictures: Picture) -> Tensor:
    """uint8 (N, H, W, 3) to float32 (N, 3, H, W) in [0, 1]."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float().div(255).contiguous()
