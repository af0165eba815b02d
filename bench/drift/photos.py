"""Which labelled photos are the reference, which ones come later, and how they are changed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from colab_training.manifest import Sample, read_manifest

REFERENCE: Final = 1000
FED: Final = 500
ONE_KIND: Final = "swap_dfdc"
# No network learned from these; calibration and thresholds saw one, design decisions the other.
PARTS: Final = ("calibration", "val")
_SMALLER: Final = 3
_SMALL_QUALITY: Final = 30
_QUALITY: Final = 90
_NOISE_SIGMA: Final = 20.0


def read_samples(data: Path) -> tuple[list[Sample], list[Sample]]:
    """The photos of the reference, and all others whose group is not among theirs, each in an order by a hash of the group.

    Raises FileNotFoundError when there is no manifest.
    """
    pool = sorted((own for own in read_manifest(data / "faces") if own.part in PARTS), key=_turn)
    reference, later = pool[:REFERENCE], pool[REFERENCE:]
    taken = {own.group for own in reference}
    return reference, [own for own in later if own.group not in taken]


def one_kind(later: Sequence[Sample]) -> list[Sample]:
    """Only fakes of one source."""
    return [own for own in later if own.fake and own.source == ONE_KIND][:FED]


def counted(samples: Sequence[Sample]) -> Mapping[str, int]:
    """Number of photos by source and class, e.g. {"swap_dfdc real": 420}."""
    return dict(sorted(Counter(f"{own.source} {'fake' if own.fake else 'real'}" for own in samples).items()))


def content(data: Path, sample: Sample) -> bytes:
    """The file as it is."""
    return (data / "faces" / sample.file).read_bytes()


def smaller(photo: bytes) -> bytes:
    """A third of width and height, as a JPEG of quality 30."""
    picture = _decoded(photo)
    size = (max(1, picture.shape[1] // _SMALLER), max(1, picture.shape[0] // _SMALLER))
    return _jpeg(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), _SMALL_QUALITY)


def noisy(photo: bytes) -> bytes:
    """With normal noise of standard deviation 20 of 255, as a JPEG of quality 90; the same photo gives the same noise."""
    picture = _decoded(photo)
    chance = np.random.default_rng(int.from_bytes(hashlib.sha256(photo).digest()[:8], "big"))
    disturbed = picture + chance.normal(0, _NOISE_SIGMA, picture.shape)
    return _jpeg(np.clip(disturbed, 0, 255).astype(np.uint8), _QUALITY)


def _turn(own: Sample) -> tuple[bytes, str]:
    # Salted: the parts of the training data are made by the plain hash of the group.
    return hashlib.sha256(f"drift {own.group}".encode()).digest(), own.file


def _decoded(photo: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)


def _jpeg(picture: np.ndarray, quality: int) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
