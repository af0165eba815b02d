"""What is looked up once for every picture: its file, its outside, its sharpness, its fingerprint, its face."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from colab_training.manifest import Sample
from colab_training.metrics import Floats
from colab_training.pictures import FoundFace
from colab_training.preparation.fingerprint import Fingerprint, fingerprint
from colab_training.shortcuts import FEATURES, features_of
from kit.convert.tensor import Picture

_SHARPNESS_PX = 224
_FORMATS = {b"\xff\xd8": "JPEG", b"\x89P": "PNG", b"RI": "WebP", b"BM": "BMP", b"GI": "GIF"}


@dataclass(frozen=True)
class Facts:
    """One readable picture."""

    sample: Sample
    sha256: str
    format: str
    outside: Floats
    """`colab_training.shortcuts.FEATURES` (9,)."""
    sharpness: float
    fingerprint: Fingerprint

    def feature(self, name: str) -> float:
        """One of `FEATURES`."""
        return float(self.outside[FEATURES.index(name)])


@dataclass(frozen=True)
class Examined:
    """All pictures of a data set, readable or not, and the faces found in them by file name."""

    facts: Sequence[Facts]
    unreadable: Sequence[Sample]
    faces: Mapping[str, FoundFace]

    def face_px(self, facts: Facts) -> float | None:
        """Longer side of the largest face's box, or None where no face was found."""
        face = self.faces.get(facts.sample.file)
        if face is None:
            return None
        x0, y0, x1, y1 = face.box_px
        return max(x1 - x0, y1 - y0)


def examine_all(root: Path, samples: Iterable[Sample]) -> tuple[list[Facts], list[Sample]]:
    """Facts of the readable pictures, and the unreadable ones."""
    answers = [(sample, examine(root, sample)) for sample in tqdm(list(samples), "examining", mininterval=5)]
    return [facts for _, facts in answers if facts], [sample for sample, facts in answers if facts is None]


def examine(root: Path, sample: Sample) -> Facts | None:
    """Facts of one picture, or None when there is no such file or no decoder reads it."""
    path = root / sample.file
    data = path.read_bytes() if path.is_file() else b""
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if decoded is None:
        return None
    pixels = np.asarray(decoded[..., ::-1], np.uint8)
    luminance = np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2GRAY), np.uint8)
    return Facts(
        sample=sample,
        sha256=hashlib.sha256(data).hexdigest(),
        format=_FORMATS.get(data[:2], "other"),
        outside=features_of(data, pixels),
        sharpness=sharpness(luminance),
        fingerprint=fingerprint(luminance),
    )


def sharpness(luminance: Picture) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al. 2000) over the variance of a grey picture (H, W), at 224 px.

    Both fall alike when a picture is dark or flat, so that only missing edges make the number small.
    """
    factor = _SHARPNESS_PX / max(luminance.shape)
    small = np.asarray(cv2.resize(luminance, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.float64)
    return float(cv2.Laplacian(small, cv2.CV_64F).var() / max(small.var(), 1.0))
