"""Trains the whole-picture test and writes its model folder.

Run: python -m colab_training.whole_picture --config colab_training/configs/whole_picture.toml --data ../shared/data \
         --out models/whole_picture/1.0.0
Run again after an interruption, it goes on from the last epoch in `--cache`.
"""

from __future__ import annotations

import argparse
import functools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2

from colab_training.manifest import manifest_sha256
from colab_training.parallel import run_team
from colab_training.whole_picture.card import Trained, areas, exported, taught, write_model
from colab_training.whole_picture.dataset import decode
from colab_training.whole_picture.learning import train
from colab_training.whole_picture.makers import trained_makers
from colab_training.whole_picture.network import WholePictureNet
from colab_training.whole_picture.settings import WholePictureSettings, load_settings
from colab_training.whole_picture.sources import Labelled, fewest, labelled_pictures, part
from kit.models.onnx import OnnxSession
from telltale.model.v1 import card_pb2

MAX_PARAMETERS = 2_000_000


def learned(
    settings: WholePictureSettings, pictures: Sequence[Labelled], cache: Path, run_name: str
) -> WholePictureNet:
    """The trained network, from its checkpoints in `cache` as far as they go."""
    known = [p for p in part(pictures, "fit") if p.sample.source in taught(settings)]
    decoded = decode(fewest(known, settings.most_of_a_source), settings.patches.side_px)
    makers = trained_makers(decoded.all_real, settings.makers, settings.seed, cache / f"{run_name}_makers.pt")
    work = functools.partial(train, settings, decoded, makers, cache / f"{run_name}.pt")
    network: WholePictureNet = run_team(settings.training.processes, MAX_PARAMETERS, work).average.cpu()
    return network


def comparisons(
    settings: WholePictureSettings, pictures: Sequence[Labelled], cache: Path, run_name: str
) -> Iterator[card_pb2.Metric]:
    """What networks that learned without some sources say about those."""
    for comparison in settings.comparisons:
        own = settings.compared(comparison)
        network = learned(own, pictures, cache, f"{run_name}_{comparison.name.replace(' ', '_')}")
        with tempfile.TemporaryDirectory() as folder:
            session = OnnxSession.open(exported(network, own, pictures, Path(folder)))
            for row in areas(session, own, pictures):
                if row.split == "left out":
                    row.split = comparison.name
                    yield row


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    settings = load_settings(options.config)
    pictures = labelled_pictures(options.data)
    run_name = options.config.stem
    network = learned(settings, pictures, options.cache, run_name)
    command = f"python -m {_MODULE} --config {options.config} --data ../shared/data --out {options.out}"
    trained = Trained(settings, network, command, manifest_sha256(options.data / "faces"))
    write_model(trained, pictures, comparisons(settings, pictures, options.cache, run_name), options.out)


_MODULE = "colab_training.whole_picture"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {_MODULE}", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the run")
    parser.add_argument("--data", type=Path, required=True, help="folder with faces/, scenes/, av/ and metadata/")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="checkpoints")
    return parser


if __name__ == "__main__":
    main()
