"""What a notebook shows of the learned face test: what it was shown, and what the exported file says about held-back faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colab_training.dataset import TrainingFaces, preprocessing
from colab_training.export import INPUT, LOGIT, MAP
from colab_training.figures import MappedFace
from colab_training.manifest import Sample, part, read_manifest
from colab_training.metrics import Floats
from colab_training.network import MEAN, STD
from colab_training.pictures import FacePicture, face_pictures, find_faces
from colab_training.settings import RunSettings
from colab_training.workshop import Workshop
from kit.convert.tensor import Picture, face_crop, to_tensor
from kit.models.calibration import log_likelihood_ratio
from kit.models.card import load_model
from kit.models.onnx import open_network


@dataclass(frozen=True)
class JudgedFaces:
    """Faces, their calibrated natural log-likelihood ratios (N,), their crops and maps (N, h, w)."""

    samples: Sequence[Sample]
    ratios: Floats
    crops: Sequence[Picture]
    cells: NDArray[np.float32]

    def mapped(self, count: int) -> list[MappedFace]:
        """The most suspicious and the least suspicious faces."""
        order = np.argsort(-self.ratios)
        chosen = [*order[: count // 2], *order[len(order) - count // 2 :]]
        return [MappedFace(self.crops[i], self.cells[i], self._title(i)) for i in chosen]

    def _title(self, index: int) -> str:
        sample = self.samples[index]
        return f"{'fake' if sample.fake else 'real'} {sample.source}\nLLR {self.ratios[index]:+.2f}"


def faces_of(workshop: Workshop, name: str) -> list[FacePicture]:
    """The faces of one part of the workshop's data."""
    root = workshop.data / "faces"
    samples = part(read_manifest(root), name)
    return face_pictures(root, samples, find_faces(root, samples, workshop.models, workshop.cache))


def training_examples(settings: RunSettings, faces: Sequence[FacePicture], count: int) -> list[tuple[str, Picture]]:
    """The first crops of the last epoch, as the network is shown them, with their labels."""
    how = preprocessing(settings.network, settings.network.side_px)
    items = TrainingFaces(faces, settings, how, settings.training.epochs - 1)
    return [(_label(label.item()), _picture(tensor.numpy())) for tensor, label in (items[i] for i in range(count))]


def judge_faces(folder: Path, faces: Sequence[FacePicture]) -> JudgedFaces:
    """What the model in `folder` says, run as serving runs it."""
    model = load_model(folder)
    session, card = open_network(model), model.card
    tensors = (to_tensor(face.pixels, card.image_preprocessing, face.face.box_px) for face in faces)
    answers = [session.run({INPUT: tensor[None]}) for tensor in tensors]
    calibration = card.postprocessing.calibration
    scale = card.image_preprocessing.face.scale
    return JudgedFaces(
        samples=[face.sample for face in faces],
        ratios=np.array([log_likelihood_ratio(float(answer[LOGIT][0]), calibration) for answer in answers]),
        crops=[face_crop(face.pixels, face.face.box_px, scale) for face in faces],
        cells=np.concatenate([answer[MAP] for answer in answers]),
    )


def _picture(tensor: NDArray[np.float32]) -> Picture:
    levels = tensor.transpose(1, 2, 0) * np.array(STD, np.float32) + np.array(MEAN, np.float32)  # (H, W, 3)
    return np.clip(levels * 255 + 0.5, 0, 255).astype(np.uint8)


def _label(label: float) -> str:
    return "fake" if label else "real"
