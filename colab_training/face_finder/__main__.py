"""Trains the face finder and writes its model folder.

Run: python -m colab_training.face_finder --config colab_training/configs/face_finder_first.toml --data ../shared/data \
         --out build/face_finder_first
     python -m colab_training.face_finder --config colab_training/configs/face_finder.toml --data ../shared/data \
         --start .telltale/colab_training/face_finder_first/run/weights/last.pt --out models/face_finder/1.0.0
Run again after an interruption, it goes on from the last epoch in `--cache`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from colab_training.face_finder.run import Places, train_finder
from colab_training.face_finder.settings import load_settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m colab_training.face_finder", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the run")
    parser.add_argument("--data", type=Path, required=True, help="folder with faces/ and scenes/real/")
    parser.add_argument("--out", type=Path, required=True, help="folder of the model, models/<name>/<version>")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry that holds the teacher")
    parser.add_argument(
        "--cache", type=Path, default=Path(".telltale/colab_training"), help="faces, pictures, checkpoints"
    )
    parser.add_argument(
        "--start",
        type=Path,
        help="checkpoint of an earlier run to begin with, <cache>/<configuration>/run/weights/last.pt",
    )
    options = parser.parse_args(arguments)
    places = Places(options.config, options.data, options.models, options.cache, options.start)
    train_finder(load_settings(options.config), places, options.out)


if __name__ == "__main__":
    main()
