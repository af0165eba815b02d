"""Fits how the shipped cues are fused and writes `models/fusion/<version>/`.

Run: python -m colab_training.fusion --data ../shared/data --out models/fusion/3.0.0
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from colab_training.calibration import item_weights, source_weights
from colab_training.evaluation import calibration_error
from colab_training.evidence_table import (
    EvidenceOf,
    collect,
    cues_with_findings,
    files,
    learned_sources,
    weighed_ratios,
)
from colab_training.examiner import examiner
from colab_training.fusion_card import Fitted, write_model
from colab_training.fusion_fit import FitItems, FitSettings, fit_weights, held_out_log_odds, weighted_quantile
from colab_training.fusion_kinds import HAND_SET_WEIGHTS, LEAST_LEAN
from colab_training.manifest import Sample, manifest_sha256, part, read_manifest
from colab_training.metrics import Floats
from kit.models.registry import Registry

FALSE_ALARMS_MANIPULATED = 0.01
FALSE_ALARMS_SUSPICIOUS = 0.05
MISSES_AUTHENTIC = 0.10


@dataclass(frozen=True)
class Labelled:
    """Samples with what the detectors said about them."""

    samples: Sequence[Sample]
    table: Sequence[EvidenceOf]


def measured_cues(table: Sequence[EvidenceOf]) -> list[str]:
    """The cues whose weight can be fitted: those with an opinion on the pictures, less those weighed by hand."""
    return [cue for cue in cues_with_findings(table) if cue not in HAND_SET_WEIGHTS]


def fit(labelled: Labelled, settings: FitSettings) -> Fitted:
    """Weights from all pictures; thresholds from pictures whose group the weights did not see."""
    cues = measured_cues(labelled.table)
    items = _items(labelled, cues)
    weights = fit_weights(items, settings)
    log_odds = held_out_log_odds(items, settings)
    sources = [sample.source for sample in labelled.samples]
    print(f"held-out calibration error on part calibration: {calibration_error(items.fake, log_odds):.4f}")
    return Fitted(
        weights={cue: round(float(weight), 3) for cue, weight in zip(cues, weights, strict=True)},
        thresholds={name: round(value, 3) for name, value in thresholds(items, sources, log_odds).items()},
    )


def thresholds(items: FitItems, sources: Sequence[str], log_odds: Floats) -> dict[str, float]:
    """Where labels begin; `sources` (N,) of the items.

    Real pictures of every source, however small, are to be accused no more often than FALSE_ALARMS_SUSPICIOUS: a rate that holds
    over all of them would let a few hundred easy pictures pay for a portrait photographer's.
    """
    fake, shares, names = items.fake, items.shares, np.array(sources)
    of_source = [log_odds[~fake & (names == name)] for name in sorted(set(names[~fake]))]
    suspicious, manipulated = (
        max(float(np.quantile(values, 1 - share)) for values in of_source)
        for share in (FALSE_ALARMS_SUSPICIOUS, FALSE_ALARMS_MANIPULATED)
    )
    suspicious = max(LEAST_LEAN, suspicious)
    manipulated = max(suspicious, manipulated)
    authentic = min(-LEAST_LEAN, weighted_quantile(log_odds[fake], shares[fake], MISSES_AUTHENTIC))
    return {"manipulated": manipulated, "suspicious": suspicious, "authentic": authentic}


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    root = options.data / "faces"
    samples = read_manifest(root)
    parts = {name: part(samples, name) for name in ("calibration", "val")}
    with examiner(options.models) as detectors:
        tables = {
            name: collect(detectors, files(root / sample.file for sample in chosen), options.cache, name)
            for name, chosen in parts.items()
        }
    fitted = fit(Labelled(parts["calibration"], tables["calibration"]), FitSettings())
    learned = learned_sources(tables["val"], Registry(options.models))
    write_model(fitted, parts["calibration"], parts["val"], tables["val"], manifest_sha256(root), learned, options.out)


def _items(labelled: Labelled, cues: Sequence[str]) -> FitItems:
    return FitItems(
        ratios=weighed_ratios(labelled.table, cues),
        fake=np.array([sample.fake for sample in labelled.samples]),
        shares=source_weights(labelled.samples),
        item_shares=item_weights(labelled.samples),
        groups=np.array([sample.group for sample in labelled.samples]),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.fusion", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with faces/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry with the detectors' models")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="evidence already seen")
    return parser


if __name__ == "__main__":
    main()
