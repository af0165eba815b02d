"""Trains the noise test and writes its model folder.

Run: python -m colab_training.noise_residual --config colab_training/configs/noise_residual.toml --data ../shared/data \
         --out models/noise_residual/2.0.0
Run again after an interruption, it goes on from the last epoch in `--cache`.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Sequence
from pathlib import Path

import cv2

from colab_training.manifest import manifest_sha256, part, read_manifest
from colab_training.noise_residual.card import Trained, write_model
from colab_training.noise_residual.learning import train
from colab_training.noise_residual.settings import load_noise_settings
from colab_training.parallel import run_team
from colab_training.pictures import FacePicture, face_pictures, find_faces

MAX_PARAMETERS = 2_000_000
_WATCHED = 60


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    settings = load_noise_settings(options.config)
    root = options.data / "faces"
    samples = read_manifest(root)
    faces = find_faces(root, samples, options.models, options.cache)
    taught = [sample for sample in part(samples, "fit") if sample.source in settings.taught]
    fit, held = (face_pictures(root, chosen, faces) for chosen in (taught, part(samples, "calibration")))
    checkpoint = options.cache / f"{options.config.stem}.pt"
    run = run_team(
        settings.training.processes,
        MAX_PARAMETERS,
        functools.partial(train, settings, fit, first_of_each(held, _WATCHED), checkpoint),
    )
    val = face_pictures(root, part(samples, "val"), faces)
    trained = Trained(settings, run.average.cpu(), options.config, manifest_sha256(root))
    write_model(trained, {"fit": fit, "calibration": held, "val": val}, options.out)


def first_of_each(pictures: Sequence[FacePicture], most: int) -> list[FacePicture]:
    """At most so many pictures of each source and class, which are enough to see a run go wrong."""
    counts: dict[tuple[str, bool], int] = {}
    chosen = []
    for picture in pictures:
        key = (picture.sample.source, picture.sample.fake)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= most:
            chosen.append(picture)
    return chosen


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.noise_residual", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the run")
    parser.add_argument("--data", type=Path, required=True, help="folder with faces/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry that holds the face finder")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="faces and checkpoints")
    return parser


if __name__ == "__main__":
    main()
