"""The pictures that fusion is fitted and measured on, with what the shipped detectors say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from colab_training.ensemble.pictures import Pictures
from colab_training.evidence_table import collect, files, learned_sources
from colab_training.examiner import examiner
from colab_training.manifest import Sample, part, read_manifest
from kit.models.registry import Registry


@dataclass(frozen=True)
class PictureEvidence:
    """By part; `new` are real pictures of the part fit whose source no detector learned from."""

    calibration: Pictures
    new: Pictures
    val: Pictures


def picture_evidence(data: Path, models: Path, cache: Path) -> PictureEvidence:
    """Asks the detectors of a registry about the pictures of a data folder, less what is in the cache."""
    root = data / "faces"
    samples = read_manifest(root)
    with examiner(models) as detectors:

        def asked(name: str, chosen: Sequence[Sample]) -> Pictures:
            return Pictures(chosen, collect(detectors, files(root / own.file for own in chosen), cache, name))

        calibration, val = (asked(name, part(samples, name)) for name in ("calibration", "val"))
        learned = learned_sources([*calibration.table, *val.table], Registry(models))
        new = [own for own in part(samples, "fit") if not own.fake and own.source not in learned]
        return PictureEvidence(calibration, asked("new sources", new), val)
