r"""Fits `exif_anomaly` and writes its model folder.

Run: python -m colab_training.exif_anomaly --config colab_training/configs/exif_anomaly.toml --data ../shared/data \
         --out models/exif_anomaly/1.0.0     (about a minute on one core)
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2

from colab_training.exif_anomaly.card import write_model
from colab_training.exif_anomaly.files import cameras, examples
from colab_training.exif_anomaly.fitting import fit, tempered, unseen_makes
from colab_training.exif_anomaly.report import measure
from colab_training.exif_anomaly.settings import load_anomaly_settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    settings = load_anomaly_settings(options.config)
    used = cameras(options.data)
    found = examples(used, settings.draws, settings.seed)
    odds = unseen_makes(found, settings.ridge)
    weights = tempered(fit(found, settings.ridge), found, odds)
    manifest = hashlib.sha256((options.data / "metadata" / "exif_manifest.csv").read_bytes()).hexdigest()
    metrics = measure(found, odds, settings.ridge)
    card = write_model(options.out, settings, options.config, weights, metrics, used, manifest)
    for metric in card.metrics:
        print(
            f"{metric.metric}, {metric.dataset}, {metric.split}: {metric.value:.3f} [{metric.low:.3f}, {metric.high:.3f}]"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.exif_anomaly", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the fit")
    parser.add_argument("--data", type=Path, required=True, help="folder with metadata/exif_manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    return parser


if __name__ == "__main__":
    main()
