"""What the network sees: a reproducible stream of tiles at native resolution, half real and half fake, with masks."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from colab_training.dataset import by_source, draw
from colab_training.equalise import degrade
from colab_training.noise_residual.network import CELL_PX, MEAN, STD
from colab_training.noise_residual.settings import NoiseSettings, ViewSettings, WindowSettings
from colab_training.noise_residual.splices import Face, Splice, mirrored, splice
from colab_training.pictures import FacePicture
from kit.convert.tensor import normalise
from kit.convert.windows import GRID_PX, window_tensor
from telltale.model.v1 import card_pb2

Item = tuple[Tensor, Tensor, Tensor, Tensor]
_FILTERS = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)


def preprocessing(window: WindowSettings) -> card_pb2.ImagePreprocessing:
    """How the surroundings of a face become the input tensor; this message goes into the card."""
    return card_pb2.ImagePreprocessing(
        window=card_pb2.NativeWindow(scale=window.scale, min_face_px=window.min_face_px, multiple_px=CELL_PX),
        height_px=window.max_side_px,
        width_px=window.max_side_px,
        interpolation=card_pb2.INTERPOLATION_AREA,
        colour_order=card_pb2.COLOUR_ORDER_RGB,
        mean=MEAN,
        std=STD,
    )


class TrainingTiles(Dataset[Item]):
    """One epoch. Item i depends on seed, epoch and i alone; the items of a batch are tiles of one size."""

    def __init__(self, pictures: Sequence[FacePicture], settings: NoiseSettings, epoch: int) -> None:
        self._real = by_source(pictures, fake=False)
        self._fake = by_source(pictures, fake=True)
        self._settings = settings
        self._preprocessing = preprocessing(settings.window)
        self._rounds = [view for view in settings.views for _ in range(view.share)]
        self._epoch = epoch

    def __len__(self) -> int:
        return self._settings.training.samples_per_epoch

    def __getitem__(self, index: int) -> Item:
        """Tensor (3, S, S), label, how manipulated each cell is (S/16, S/16), and whether that is known (0 or 1)."""
        rng = np.random.default_rng((self._settings.seed, self._epoch, index))
        view = self._rounds[index // self._settings.training.batch % len(self._rounds)]
        fake = index % 2 == 1
        made = fake and (not view.fake or rng.random() < view.made)
        face = _scaled(
            draw(self._fake if fake and not made else self._real, view.fake if fake and not made else view.real, rng),
            view,
            rng,
        )
        spliced = (
            self._spliced(face, view, rng) if made else Splice(face.pixels, np.zeros(face.pixels.shape[:2], np.float32))
        )
        tile = _tile(spliced, face.landmarks_px, view.tile_px, rng)
        pixels = degrade(tile.pixels, self._settings.degradation, rng)
        known = 0.0 if fake and not made else 1.0
        cells = cv2.resize(tile.mask, (view.tile_px // CELL_PX,) * 2, interpolation=cv2.INTER_AREA)
        return (
            torch.from_numpy(normalise(pixels, self._preprocessing)),
            torch.tensor(float(fake)),
            torch.from_numpy(np.asarray(cells, np.float32)),
            torch.tensor(known),
        )

    def _spliced(self, base: Face, view: ViewSettings, rng: np.random.Generator) -> Splice:
        choice = rng.random()
        if choice < 0.15:
            donor = base
        elif choice < 0.3:
            donor = mirrored(base)
        else:
            donor = _face(draw(self._real, view.donors, rng))
        return splice(base, donor, view.whole_face, rng)


class Windows(Dataset[tuple[Tensor, Tensor]]):
    """Windows as serving cuts them, each of its own size."""

    def __init__(self, pictures: Sequence[FacePicture], preprocessing: card_pb2.ImagePreprocessing) -> None:
        self._pictures = pictures
        self._preprocessing = preprocessing

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        picture = self._pictures[index]
        tensor, _ = window_tensor(picture.pixels, self._preprocessing, picture.face.box_px)
        return torch.from_numpy(tensor), torch.tensor(float(picture.sample.fake))


def _face(picture: FacePicture) -> Face:
    return Face(picture.pixels, picture.face.landmarks_px)


def _scaled(picture: FacePicture, view: ViewSettings, rng: np.random.Generator) -> Face:
    """The face, perhaps mirrored, at a size that the view asks for, and no smaller than its tile."""
    face = _face(picture)
    x0, y0, x1, y1 = picture.face.box_px
    longer, shorter_side = max(x1 - x0, y1 - y0), min(face.pixels.shape[:2])
    least = max(view.min_face_px / longer, view.tile_px / shorter_side)
    most = max(least, view.max_face_px / longer)
    native = least <= 1 <= most and rng.random() < view.native_share
    factor = 1.0 if native else float(rng.uniform(least, most))
    if factor != 1.0:
        size = tuple(max(view.tile_px, round(side * factor)) for side in face.pixels.shape[1::-1])
        pixels = cv2.resize(face.pixels, size, interpolation=_FILTERS[int(rng.integers(len(_FILTERS)))])
        face = Face(np.asarray(pixels, np.uint8), face.landmarks_px * np.float32(factor))
    return mirrored(face) if rng.random() < 0.5 else face


def _tile(spliced: Splice, landmarks: NDArray[np.float32], side: int, rng: np.random.Generator) -> Splice:
    """A square about the middle of the face, on the 8x8 grid."""
    height, width = spliced.pixels.shape[:2]
    centre = landmarks.mean(axis=0) + rng.normal(0, 0.06 * side, 2)
    left, top = (
        int(np.clip(middle - side / 2, 0, size - side)) // GRID_PX * GRID_PX
        for middle, size in zip(centre, (width, height), strict=True)
    )
    area = (slice(top, top + side), slice(left, left + side))
    return Splice(np.ascontiguousarray(spliced.pixels[area]), spliced.mask[area])
