"""What the outside of the files tells, before and after both classes were made alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from bench.accuracy.test_sets import AlikeFiles
from colab_training.evidence_table import Content
from colab_training.manifest import Sample
from colab_training.metrics import Estimate, Floats
from colab_training.shortcuts import FEATURES, features_of, grouped_auc, two_class_sources

# The length of a file also tells how much there is to see in the picture, so it is shown apart.
OUTER = ("width", "height", "quality", "subsampling", "red", "green", "blue")
Row = Mapping[str, Estimate]


def shortcut_rows(root: Path, samples: Sequence[Sample], alike: AlikeFiles) -> dict[str, Row]:
    """AUC by source of a random forest on size, JPEG quality and mean colour ("outer"), and with the file's length ("bytes").

    For the files "filed" as they are and made "alike", on the same pictures, and where sizes differ also made "soft".
    """
    outer = [FEATURES.index(name) for name in OUTER]
    rows: dict[str, Row] = {}
    for form, contents in _forms(root, samples, alike).items():
        chosen = [sample for sample in samples if sample.file in contents]
        features = np.stack([_features(contents[sample.file]()) for sample in chosen])
        rows[f"{form}, outer"] = _by_source(features[:, outer], chosen)
        rows[f"{form}, bytes"] = _by_source(features, chosen)
    return rows


def _forms(root: Path, samples: Sequence[Sample], alike: AlikeFiles) -> dict[str, Mapping[str, Content]]:
    filed = {sample.file: (root / sample.file).read_bytes for sample in samples if sample.file in alike.files}
    made = {"alike": alike.files, **({"soft": alike.soft} if alike.soft else {})}
    return {"filed": filed} | {
        form: {name: partial(files.__getitem__, name) for name in files} for form, files in made.items()
    }


def _by_source(features: Floats, samples: Sequence[Sample]) -> dict[str, Estimate]:
    rows = {}
    for name in two_class_sources(samples):
        index = [n for n, sample in enumerate(samples) if sample.source == name]
        own = [samples[n] for n in index]
        rows[name] = grouped_auc(features[index], [s.fake for s in own], [s.group for s in own])
    return rows


def _features(data: bytes) -> Floats:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return features_of(data, np.asarray(pixels[..., ::-1], np.uint8))
