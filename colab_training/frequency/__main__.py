"""Fits `frequency` and writes its model folder.

Run: python -m colab_training.frequency --config colab_training/configs/frequency.toml --data ../shared/data \
         --out models/frequency/2.0.0     (a few minutes on two cores)
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from colab_training.frequency.card import write_model
from colab_training.frequency.examples import measure_all
from colab_training.frequency.fitting import fit
from colab_training.frequency.report import metrics
from colab_training.frequency.settings import load_frequency_settings
from colab_training.frequency.sources import clips, found_in, stills
from colab_training.manifest import manifest_sha256
from colab_training.pictures import find_faces
from kit.models.registry import Registry
from kit.vision.yolo import open_finder


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    settings = load_frequency_settings(options.config)
    root = options.data / "faces"
    pictures = stills(root, settings.taught, settings.most)
    faces = find_faces(root, [picture.sample for picture in pictures], options.models, options.cache)
    frames = clips(options.data / "av")
    faces |= found_in(frames, open_finder(Registry(options.models).load("face_finder")))
    examples = measure_all([*pictures, *frames], faces, settings.degradation, settings.copies)
    fitted = fit(examples, settings.taught, settings.strength)
    found = metrics(fitted, examples, settings.taught)
    write_model(options.out, settings, options.config, fitted, found, manifest_sha256(root))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.frequency", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the fit")
    parser.add_argument("--data", type=Path, required=True, help="folder with faces/manifest.csv and av/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry that holds the face finder")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="faces that were found")
    return parser


if __name__ == "__main__":
    main()
