"""Fits the hand-crafted cues and writes their model folders.

Run: python -m colab_training.handcrafted --data ../shared/data --out models     (about ten minutes on two cores)
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from colab_training.handcrafted.examples import CRAFTS, measure_all
from colab_training.handcrafted.export import write_model
from colab_training.handcrafted.fitting import fit
from colab_training.handcrafted.report import metrics
from colab_training.handcrafted.sources import labelled_pictures
from colab_training.manifest import manifest_sha256


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    digest = manifest_sha256(options.data / "faces")
    examples = measure_all(labelled_pictures(options.data, options.most), options.out, options.copies)
    for craft in CRAFTS:
        fitted = fit(examples, craft.name)
        found = metrics(fitted, examples, craft.name)
        folder = options.out / craft.name / options.version
        print(write_model(folder, craft.name, fitted, found, digest))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.handcrafted", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with faces/manifest.csv and av/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="model registry to write to; it holds the face finder")
    parser.add_argument("--most", type=int, default=1500, help="most pictures to fit on, of each source and class")
    parser.add_argument("--copies", type=int, default=1, help="equalised copies of each picture")
    parser.add_argument("--version", default="1.0.0", help="version of the models")
    return parser


if __name__ == "__main__":
    main()
