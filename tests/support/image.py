"""Pictures, faces and models for tests of the image detector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from kit.models.card import LoadedModel
from kit.models.fitted import FittedTest, Parameters
from kit.models.runtime import Tensor
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

SAMPLES = Path(__file__).parents[2] / "samples"


def a_face(left: float = 64, top: float = 64, side: float = 128, probability: float = 0.99) -> Face:
    """A square face with its landmarks in the middle."""
    landmarks = np.full((5, 2), (left + side / 2, top + side / 2), dtype=np.float32)
    return Face((left, top, left + side, top + side), landmarks, probability)


def noisy_picture(height: int = 256, width: int = 256, sigma: float = 6.0) -> Picture:
    """Grey with the same Gaussian noise everywhere."""
    noise = np.random.default_rng(3).normal(128, sigma, (height, width, 3))
    return np.clip(np.rint(noise), 0, 255).astype(np.uint8)


def compressed(picture: Picture, quality: int) -> Picture:
    """The picture after one JPEG compression."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)


def sample(name: str) -> Picture:
    """A picture of `samples/`, RGB."""
    picture = cv2.imread(str(SAMPLES / name))
    assert picture is not None, f"samples/{name} is missing"
    return np.ascontiguousarray(picture[..., ::-1], dtype=np.uint8)


def a_model(name: str = "frequency", *, limit: float = 3.0, min_face_px: int = 60) -> LoadedModel:
    """A model that exists in memory alone: calibration is the identity up to `limit`, face crops of 32 px."""
    card = card_pb2.ModelCard(name=name, version="1.0.0")
    card.postprocessing.calibration.CopyFrom(card_pb2.Calibration(slope=1, intercept=0, limit=limit))
    card.image_preprocessing.CopyFrom(
        card_pb2.ImagePreprocessing(
            face=card_pb2.FaceCrop(scale=1.5, min_face_px=min_face_px),
            height_px=32,
            width_px=32,
            interpolation=card_pb2.INTERPOLATION_AREA,
            colour_order=card_pb2.COLOUR_ORDER_RGB,
            mean=[0.5] * 3,
            std=[0.5] * 3,
        )
    )
    return LoadedModel(card=card, card_sha256="ab" * 32, folder=Path("nowhere"))


def a_test(features: int, *, bias: float = 0.0, reach: float = 1e9) -> FittedTest:
    """A fitted test that answers `bias` whatever it is shown."""
    ones, zeros = [1.0] * features, [0.0] * features
    return FittedTest.of(Parameters(mean=zeros, scale=ones, weights=zeros, bias=bias, clip=5, reach=reach))


class FixedSession:
    """A network that gives fixed answers and remembers what it was asked."""

    def __init__(self, answer: Mapping[str, Tensor]) -> None:
        self.answer = dict(answer)
        self.asked: list[dict[str, Tensor]] = []

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The fixed answer."""
        self.asked.append(dict(inputs))
        return self.answer


class FixedFinder:
    """A face finder that finds the same faces everywhere."""

    def __init__(self, faces: Sequence[Face]) -> None:
        self.faces = list(faces)
        self.model = evidence_pb2.ModelReference(name="finder", version="1.0.0", card_sha256="cd" * 32)

    def find(self, picture: Picture) -> list[Face]:
        """The fixed faces."""
        return self.faces

    def quick(self) -> FixedFinder:
        """It is."""
        return self
