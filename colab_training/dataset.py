"""What the network sees: an endless, reproducible stream of equalised face crops, half real and half fake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from colab_training.blending import donor_blend, self_blend
from colab_training.equalise import equalise
from colab_training.network import MEAN, STD
from colab_training.pictures import FacePicture
from colab_training.settings import JitterSettings, NetworkSettings, RunSettings
from kit.convert.tensor import Box, Picture, face_crop, normalise, resize, to_tensor
from telltale.model.v1 import card_pb2


def preprocessing(network: NetworkSettings, side_px: int) -> card_pb2.ImagePreprocessing:
    """How a face becomes the input tensor; this message goes into the card."""
    return card_pb2.ImagePreprocessing(
        face=card_pb2.FaceCrop(scale=network.crop_scale, min_face_px=network.min_face_px),
        height_px=side_px,
        width_px=side_px,
        interpolation=card_pb2.INTERPOLATION_AREA,
        colour_order=card_pb2.COLOUR_ORDER_RGB,
        mean=MEAN,
        std=STD,
    )


class TrainingFaces(Dataset[tuple[Tensor, Tensor]]):
    """One epoch. Item i depends on seed, epoch and i alone, so a resumed run sees what the unbroken one would have seen."""

    def __init__(
        self,
        pictures: Sequence[FacePicture],
        settings: RunSettings,
        preprocessing: card_pb2.ImagePreprocessing,
        epoch: int,
    ) -> None:
        self._real = by_source(pictures, fake=False)
        self._fake = by_source(pictures, fake=True)
        self._settings = settings
        self._preprocessing = preprocessing
        self._epoch = epoch

    def __len__(self) -> int:
        return self._settings.training.samples_per_epoch

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """Tensor (3, H, W) and its label: 1 manipulated, 0 authentic."""
        rng = np.random.default_rng((self._settings.seed, self._epoch, index))
        fake = index % 2 == 1
        pixels, box = self._fake_face(rng) if fake else self._real_face(rng)
        crop = face_crop(pixels, jittered(box, self._settings.jitter, rng), self._settings.network.crop_scale)
        crop = resize(equalise(crop, self._settings.equalisation, rng), self._preprocessing)
        return torch.from_numpy(normalise(crop, self._preprocessing)), torch.tensor(float(fake))

    def _real_face(self, rng: np.random.Generator) -> tuple[Picture, Box]:
        picture = draw(self._real, self._settings.shares.real, rng)
        return picture.pixels, picture.face.box_px

    def _fake_face(self, rng: np.random.Generator) -> tuple[Picture, Box]:
        if rng.random() < self._settings.shares.blend:
            return self._blended_face(rng)
        picture = draw(self._fake, self._settings.shares.fake, rng)
        return picture.pixels, picture.face.box_px

    def _blended_face(self, rng: np.random.Generator) -> tuple[Picture, Box]:
        shares = self._settings.shares.real
        base = draw(self._real, shares, rng)
        if rng.random() < 0.5:
            return self_blend(base.pixels, base.face.landmarks_px, rng), base.face.box_px
        donor = draw(self._real, shares, rng)
        blended = donor_blend(base.pixels, base.face.landmarks_px, donor.pixels, donor.face.landmarks_px, rng)
        return blended, base.face.box_px


class PlainFaces(Dataset[tuple[Tensor, Tensor]]):
    """Pictures as serving sees them: no jitter, no equalisation."""

    def __init__(self, pictures: Sequence[FacePicture], preprocessing: card_pb2.ImagePreprocessing) -> None:
        self._pictures = pictures
        self._preprocessing = preprocessing

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        picture = self._pictures[index]
        tensor = to_tensor(picture.pixels, self._preprocessing, picture.face.box_px)
        return torch.from_numpy(tensor), torch.tensor(float(picture.sample.fake))


def jittered(box_px: Box, jitter: JitterSettings, rng: np.random.Generator) -> Box:
    """The box moved and scaled a little, as another face finder might give it."""
    x0, y0, x1, y1 = box_px
    side = max(x1 - x0, y1 - y0)
    half = side * (1 + rng.uniform(-jitter.scale, jitter.scale)) / 2
    x = (x0 + x1) / 2 + side * rng.uniform(-jitter.shift, jitter.shift)
    y = (y0 + y1) / 2 + side * rng.uniform(-jitter.shift, jitter.shift)
    return x - half, y - half, x + half, y + half


def by_source(pictures: Sequence[FacePicture], *, fake: bool) -> dict[str, list[FacePicture]]:
    """The pictures of one class by their source."""
    groups: dict[str, list[FacePicture]] = defaultdict(list)
    for picture in pictures:
        if picture.sample.fake == fake:
            groups[picture.sample.source].append(picture)
    return dict(groups)


def draw(
    groups: Mapping[str, Sequence[FacePicture]], shares: Mapping[str, float], rng: np.random.Generator
) -> FacePicture:
    """A random picture: its source by these shares, then any of that source."""
    names = [name for name in shares if name in groups]
    weights = np.array([shares[name] for name in names])
    group = groups[names[int(rng.choice(len(names), p=weights / weights.sum()))]]
    return group[int(rng.integers(len(group)))]
