"""What the network learns from: an endless, reproducible stream of patches, half of real and half of generated pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from colab_training.equalise import equalise
from colab_training.whole_picture.alike import fair_read
from colab_training.whole_picture.camera import processed
from colab_training.whole_picture.makers import Makers
from colab_training.whole_picture.settings import PatchSettings, WholePictureSettings
from colab_training.whole_picture.sources import Labelled, by_source
from kit.convert.tensor import Picture, normalise
from telltale.model.v1 import card_pb2

_BLOCK_PX = 8
# A part that is cut out may be larger than the patch by this factor, and is then made smaller.
_LARGEST_CUT = 2.5
_CUT_FILTERS = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)


@dataclass(frozen=True)
class Decoded:
    """Decoded pictures by source."""

    real: Mapping[str, Sequence[Picture]]
    fake: Mapping[str, Sequence[Picture]]

    @property
    def all_real(self) -> list[Picture]:
        """The real pictures of all sources."""
        return [picture for pictures in self.real.values() for picture in pictures]


class TrainingPatches(Dataset[tuple[Tensor, Tensor]]):
    """One epoch. Item i depends on seed, epoch and i alone, so a resumed run sees what the unbroken one would have seen."""

    def __init__(self, pictures: Decoded, makers: Makers, settings: WholePictureSettings, epoch: int) -> None:
        self._pictures = pictures
        self._makers = makers
        self._settings = settings
        self._preprocessing = preprocessing(settings.patches)
        self._epoch = epoch

    def __len__(self) -> int:
        return self._settings.training.samples_per_epoch

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """Tensor (3, side, side) and its label: 1 generated, 0 authentic."""
        rng = np.random.default_rng((self._settings.seed, self._epoch, index))
        fake = index % 2 == 1
        region = self._fake_region(rng) if fake else self._real_region(rng)
        side_px = self._settings.patches.side_px
        # Delivery is the same for both classes: what every picture goes through cannot tell them apart.
        patch = cut_patch(equalise(region, self._settings.delivery, rng), side_px, rng)
        return torch.from_numpy(normalise(patch, self._preprocessing)), torch.tensor(float(fake))

    def _real_region(self, rng: np.random.Generator) -> Picture:
        region = self._region(self._pictures.real, self._settings.shares.real, rng)
        return self._processed(region, rng)

    def _fake_region(self, rng: np.random.Generator) -> Picture:
        shares = self._settings.shares
        if rng.random() < shares.made:
            return self._makers.make(self._processed(self._region(self._pictures.real, shares.real, rng), rng), rng)
        return self._processed(self._region(self._pictures.fake, shares.fake, rng), rng)

    def _processed(self, region: Picture, rng: np.random.Generator) -> Picture:
        return processed(region, rng) if rng.random() < self._settings.shares.processed else region

    def _region(
        self, groups: Mapping[str, Sequence[Picture]], shares: Mapping[str, float], rng: np.random.Generator
    ) -> Picture:
        names = [name for name in shares if name in groups]
        weights = np.array([shares[name] for name in names])
        group = groups[names[int(rng.choice(len(names), p=weights / weights.sum()))]]
        return cut_region(group[int(rng.integers(len(group)))], self._settings.patches.side_px, rng)


def preprocessing(patches: PatchSettings) -> card_pb2.ImagePreprocessing:
    """How a picture becomes the input tensor; this message goes into the card."""
    return card_pb2.ImagePreprocessing(
        patches=card_pb2.NativePatches(count=patches.count),
        height_px=patches.side_px,
        width_px=patches.side_px,
        interpolation=card_pb2.INTERPOLATION_AREA,
        colour_order=card_pb2.COLOUR_ORDER_RGB,
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
    )


def decode(pictures: Sequence[Labelled], side_px: int) -> Decoded:
    """Reads the pictures that hold at least one patch."""
    return Decoded(*(_decoded(by_source(pictures, fake=fake), side_px) for fake in (False, True)))


def cut_region(picture: Picture, side_px: int, rng: np.random.Generator) -> Picture:
    """A square of at least one patch, from the picture's own pixels half of the time, else made smaller by up to 2.5.

    Its corner lies on the picture's 8x8 grid, and its side is a multiple of 8.
    """
    largest = min(picture.shape[:2])
    side = int(rng.integers(side_px, min(largest, round(side_px * 1.4)) + 1)) // _BLOCK_PX * _BLOCK_PX
    if rng.random() < 0.5:
        return _square(picture, side, rng)
    cut = int(rng.integers(side, min(largest, round(side * _LARGEST_CUT)) + 1))
    region = _square(picture, cut, rng)
    flag = _CUT_FILTERS[int(rng.integers(len(_CUT_FILTERS)))]
    return np.asarray(cv2.resize(region, (side, side), interpolation=flag), np.uint8)


def cut_patch(picture: Picture, side_px: int, rng: np.random.Generator) -> Picture:
    """A patch whose corner lies on the picture's 8x8 grid."""
    return _square(picture, side_px, rng)


def _square(picture: Picture, side: int, rng: np.random.Generator) -> Picture:
    top, left = (int(rng.integers((size - side) // _BLOCK_PX + 1)) * _BLOCK_PX for size in picture.shape[:2])
    return np.ascontiguousarray(picture[top : top + side, left : left + side])


def _decoded(groups: Mapping[str, Sequence[Labelled]], side_px: int) -> dict[str, list[Picture]]:
    decoded = {name: [fair_read(picture)(picture) for picture in group] for name, group in groups.items()}
    return {name: [p for p in group if min(p.shape[:2]) >= side_px] for name, group in decoded.items()}
