"""What size, compression and mean colour alone can tell: a number near 0.5 means that the data give no such hint.

A detector must be compared with this row, source by source; where the row is high, a high AUC proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GroupKFold, cross_val_predict

from colab_training.manifest import Sample
from colab_training.metrics import Estimate, Floats, auc, bootstrap
from colab_training.pictures import read_picture
from metadata_svc.reading import jpeg

_FOLDS = 5
_SUBSAMPLINGS = ("4:4:4", "4:2:2", "4:2:0")


def outer_features(path: Path) -> Floats:
    """(9,) width, height, bytes, bytes a pixel, JPEG quality (0: no JPEG), subsampling, mean red, green, blue."""
    data, pixels = path.read_bytes(), read_picture(path)
    height, width = pixels.shape[:2]
    structure = jpeg.structure(data) if data.startswith(b"\xff\xd8") else None
    sampling = structure["subsampling"] if structure else ""
    compression = [
        structure["quality_estimate"] if structure else 0,
        _SUBSAMPLINGS.index(sampling) if sampling in _SUBSAMPLINGS else -1,
    ]
    colour = pixels.reshape(-1, 3).mean(axis=0)
    return np.array([width, height, len(data), len(data) / (width * height), *compression, *colour], np.float64)


def shortcut_auc(root: Path, samples: Sequence[Sample]) -> dict[str, Estimate]:
    """AUC of a random forest on these features by source, never tested on a group it saw; sources of both classes only."""
    names = sorted({sample.source for sample in samples if sample.fake} & {s.source for s in samples if not s.fake})
    return {name: _source_auc(root, [sample for sample in samples if sample.source == name]) for name in names}


def _source_auc(root: Path, samples: Sequence[Sample]) -> Estimate:
    features = np.stack([outer_features(root / sample.file) for sample in samples])
    fake = [sample.fake for sample in samples]
    forest = RandomForestClassifier(200, min_samples_leaf=5, random_state=0)
    groups = [sample.group for sample in samples]
    chances = cross_val_predict(forest, features, fake, groups=groups, cv=GroupKFold(_FOLDS), method="predict_proba")
    return bootstrap(auc, fake, chances[:, 1], rounds=300)
