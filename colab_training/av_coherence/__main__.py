r"""Fits `av_coherence` and writes its model folder.

Run: python -m colab_training.av_coherence --config colab_training/configs/av_coherence.toml --data ../shared/data \
         --out models/av_coherence/1.0.0     (about eight minutes on one core)
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path

from colab_training.av_coherence.card import write_model
from colab_training.av_coherence.fitting import Lessons, fit
from colab_training.av_coherence.items import WAYS, Item, items_of, whole_files
from colab_training.av_coherence.recordings import FOLDERS, Recording, read_all
from colab_training.av_coherence.report import Trial, measure, threshold_of
from colab_training.av_coherence.settings import load_coherence_settings
from colab_training.manifest import manifest_sha256


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    settings = load_coherence_settings(options.config)
    recordings = read_all(options.data)
    train, val = ([own for own in recordings if own.split == split] for split in ("train", "val"))
    lessons = Lessons(
        items_of(train, settings.fit, settings.seed),
        items_of(train, settings.calibrate, settings.seed),
        _whole(train, settings.seed),
    )
    fitted = fit(lessons, settings.strength, settings.seed, settings.preprocessing())
    threshold = threshold_of(fitted, lessons.files)
    trial = Trial(items_of(val, settings.test, settings.seed), _whole(val, settings.seed))
    found = measure(fitted, lessons, trial, threshold, settings.preprocessing())
    digests = {folder: manifest_sha256(options.data / folder) for folder in FOLDERS}
    card = write_model(options.out, settings, options.config, fitted, lessons.moments, found, digests)
    for metric in card.metrics:
        print(f"{metric.metric}, {metric.dataset}: {metric.value:.3f} [{metric.low:.3f}, {metric.high:.3f}]")


def _whole(recordings: Sequence[Recording], seed: int) -> list[Item]:
    """Each recording as it is, and after one way that harms it: the ways take turns."""
    ways = [way for way in WAYS if way != "none"]
    harmed = [whole_files(recordings[first :: len(ways)], [way], seed) for first, way in enumerate(ways)]
    return [*whole_files(recordings, ["none"], seed), *itertools.chain.from_iterable(harmed)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.av_coherence", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the fit")
    parser.add_argument("--data", type=Path, required=True, help="folder with speech/manifest.csv and av/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    return parser


if __name__ == "__main__":
    main()
