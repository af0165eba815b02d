r"""Fits `av_coherence` and writes its model folder.

Run: python -m colab_training.av_coherence --config colab_training/configs/av_coherence.toml --data ../shared/data \
         --out models/av_coherence/1.0.0     (about eight minutes on one core)
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from colab_training.av_coherence.card import Measured, write_model
from colab_training.av_coherence.fitting import fit, judge
from colab_training.av_coherence.items import items_of
from colab_training.av_coherence.recordings import FOLDERS, read_all
from colab_training.av_coherence.report import metrics_of, point_of, threshold_of
from colab_training.av_coherence.settings import load_coherence_settings
from colab_training.manifest import manifest_sha256
from kit.models.fitted import FittedTest


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    settings = load_coherence_settings(options.config)
    recordings = read_all(options.data)
    taught = items_of([own for own in recordings if own.split == "train"], settings.fit, settings.seed)
    tested = items_of([own for own in recordings if own.split == "val"], settings.test, settings.seed)
    fitted = fit(taught, settings.strength, settings.seed)
    test = FittedTest.of(fitted.parameters)
    judged = [judge(test, item) for item in tested]
    threshold = threshold_of(fitted, taught)
    found = Measured(
        metrics_of(fitted, taught, tested, judged, threshold), point_of(threshold, tested, fitted.ratios(judged))
    )
    digests = {folder: manifest_sha256(options.data / folder) for folder in FOLDERS}
    card = write_model(options.out, settings, options.config, fitted, taught, found, digests)
    for metric in card.metrics:
        print(f"{metric.metric}, {metric.dataset}: {metric.value:.3f} [{metric.low:.3f}, {metric.high:.3f}]")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.av_coherence", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the fit")
    parser.add_argument("--data", type=Path, required=True, help="folder with speech/manifest.csv and av/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    return parser


if __name__ == "__main__":
    main()
