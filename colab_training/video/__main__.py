r"""Trains or fits one test of video and writes its model folder.

Run: python -m colab_training.video --config colab_training/configs/face_motion.toml --data ../shared/data \
         --out models/face_motion/1.0.0
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2

from colab_training.video.build import Recipe, made, recorded
from colab_training.video.card import Sets, write_folds, write_model
from colab_training.video.cross_fit import cross_fit
from colab_training.video.inputs import with_inputs
from colab_training.video.manifest import clips_manifest_sha256
from colab_training.video.settings import load_video_settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    settings = load_video_settings(options.config)
    cv2.setNumThreads(1)  # two processes share the machine
    recipe = Recipe(settings.making.fakes, settings.making.originals, settings.seed)
    sets = Sets(
        with_inputs(made(options.data, options.models, options.cache, recipe), settings, options.cache),
        with_inputs(recorded(options.data, options.models, options.cache), settings, options.cache),
        options.config,
        clips_manifest_sha256(options.data / "av"),
    )
    found = cross_fit(settings, sets.made, sets.recorded, options.cache)
    card = write_model(settings, sets, found, options.out)
    write_folds(found, sets, card, options.cache)
    for metric in card.metrics:
        print(f"{metric.dataset} ({metric.split}): {metric.value:.3f} [{metric.low:.3f}, {metric.high:.3f}]")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.video", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the run")
    parser.add_argument("--data", type=Path, required=True, help="folder with av/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry that holds the face finder")
    parser.add_argument(
        "--cache", type=Path, default=Path(".telltale/colab_training/video"), help="folder of clips and checkpoints"
    )
    return parser


if __name__ == "__main__":
    main()
