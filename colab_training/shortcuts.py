"""What the outside of a file alone tells: size, compression and mean colour, without looking at what the picture shows.

An AUC near 0.5 means that the data give no such hint. A detector must be compared with this number, source by source; where
it is high, a high AUC of the detector proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import ArrayLike
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from colab_training.manifest import Sample
from colab_training.metrics import Estimate, Floats, auc, bootstrap
from colab_training.pictures import read_picture
from kit.convert.tensor import Picture
from metadata_svc.reading import jpeg

FEATURES: Final = ("width", "height", "bytes", "bytes_a_pixel", "quality", "subsampling", "red", "green", "blue")
FAMILIES: Final = {
    "size": ("width", "height"),
    "compression": ("bytes", "bytes_a_pixel", "quality", "subsampling"),
    "colour": ("red", "green", "blue"),
    "all": FEATURES,
}
SUBSAMPLINGS: Final = ("4:4:4", "4:2:2", "4:2:0")
_FOLDS = 5


def outer_features(path: Path) -> Floats:
    """`FEATURES` (9,) of a picture's file. Raises ValueError when it is no picture."""
    return features_of(path.read_bytes(), read_picture(path))


def features_of(data: bytes, pixels: Picture) -> Floats:
    """`FEATURES` (9,): px, px, bytes, bytes a pixel, JPEG quality (0: no JPEG), index of subsampling (-1: other), 0-255."""
    height, width = pixels.shape[:2]
    structure = jpeg.structure(data) if data.startswith(b"\xff\xd8") else None
    sampling = structure["subsampling"] if structure else ""
    compression = [
        structure["quality_estimate"] if structure else 0,
        SUBSAMPLINGS.index(sampling) if sampling in SUBSAMPLINGS else -1,
    ]
    colour = cv2.mean(pixels)[:3]
    return np.array([width, height, len(data), len(data) / (width * height), *compression, *colour], np.float64)


def shortcut_auc(root: Path, samples: Sequence[Sample]) -> dict[str, Estimate]:
    """AUC of a random forest on these features by source, never tested on a group it saw; sources of both classes only."""
    names = two_class_sources(samples)
    return {name: _source_auc(root, [sample for sample in samples if sample.source == name]) for name in names}


def two_class_sources(samples: Sequence[Sample]) -> list[str]:
    """Sources that have real and fake pictures, by name."""
    return sorted({sample.source for sample in samples if sample.fake} & {s.source for s in samples if not s.fake})


def grouped_auc(features: Floats, fake: ArrayLike, groups: Sequence[str]) -> Estimate:
    """AUC of a random forest on features (N, F), by folds that never share a group. nan where a class has too few groups."""
    labels = np.asarray(fake, bool)
    fewest = min(len({group for group, own in zip(groups, labels, strict=True) if own == label}) for label in (0, 1))
    if fewest < _FOLDS:
        return Estimate(float("nan"), float("nan"), float("nan"), labels.size)
    forest = RandomForestClassifier(100, min_samples_leaf=5, random_state=0)
    folds = StratifiedGroupKFold(_FOLDS)
    chances = cross_val_predict(forest, features, labels, groups=groups, cv=folds, method="predict_proba")
    return bootstrap(auc, labels, chances[:, 1], rounds=300)


def _source_auc(root: Path, samples: Sequence[Sample]) -> Estimate:
    features = np.stack([outer_features(root / sample.file) for sample in samples])
    return grouped_auc(features, [sample.fake for sample in samples], [sample.group for sample in samples])
