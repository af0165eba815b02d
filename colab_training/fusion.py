"""Fits how the shipped cues are fused and writes `models/fusion/<version>/`.

Run: python -m colab_training.fusion --data ../shared/data --out models/fusion/1.0.0
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from colab_training.calibration import source_weights
from colab_training.evidence_table import EvidenceOf, collect, weighed_ratios
from colab_training.examiner import examiner
from colab_training.fusion_card import MEASURED_CUES, Fitted, write_model
from colab_training.fusion_fit import FitSettings, fit_weights, held_out_log_odds, weighted_quantile
from colab_training.manifest import Sample, manifest_sha256, part, read_manifest

FALSE_ALARMS_MANIPULATED = 0.01
FALSE_ALARMS_SUSPICIOUS = 0.05
MISSES_AUTHENTIC = 0.10
# "authentic" must be likelier than not, and "suspicious" too, whatever the data say.
LEAST_LEAN = 0.1


@dataclass(frozen=True)
class Labelled:
    """Samples with what the detectors said about them."""

    samples: Sequence[Sample]
    table: Sequence[EvidenceOf]


def fit(labelled: Labelled, settings: FitSettings) -> Fitted:
    """Weights from all pictures; thresholds from pictures whose group the weights did not see."""
    fake = np.array([sample.fake for sample in labelled.samples])
    shares = source_weights(labelled.samples)
    ratios = weighed_ratios(labelled.table, MEASURED_CUES)
    weights = fit_weights(ratios, fake, shares, settings)
    groups = [sample.group for sample in labelled.samples]
    log_odds = held_out_log_odds(ratios, fake, shares, groups, settings)
    real, real_shares = log_odds[~fake], shares[~fake]
    suspicious = max(LEAST_LEAN, weighted_quantile(real, real_shares, 1 - FALSE_ALARMS_SUSPICIOUS))
    manipulated = max(suspicious, weighted_quantile(real, real_shares, 1 - FALSE_ALARMS_MANIPULATED))
    authentic = min(-LEAST_LEAN, weighted_quantile(log_odds[fake], shares[fake], MISSES_AUTHENTIC))
    thresholds = {"manipulated": manipulated, "suspicious": suspicious, "authentic": authentic}
    return Fitted(
        weights={cue: round(float(weight), 3) for cue, weight in zip(MEASURED_CUES, weights, strict=True)},
        thresholds={name: round(value, 3) for name, value in thresholds.items()},
        items=len(fake),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    root = options.data / "faces"
    samples = read_manifest(root)
    with examiner(options.models) as detectors:
        calibration, val = (
            Labelled(chosen, collect(detectors, [root / sample.file for sample in chosen], options.cache))
            for chosen in (part(samples, "calibration"), part(samples, "val"))
        )
    fitted = fit(calibration, FitSettings())
    write_model(fitted, calibration.samples, val.samples, val.table, manifest_sha256(root), options.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.fusion", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with faces/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry with the detectors' models")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="evidence already seen")
    return parser


if __name__ == "__main__":
    main()
