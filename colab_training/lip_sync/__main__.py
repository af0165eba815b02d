r"""Learns how lips and sound belong together and writes the model folder.

Run: python -m colab_training.lip_sync --config colab_training/configs/lip_sync.toml --data ../shared/data \
         --out models/lip_sync/1.0.0
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import torch

from colab_training.lip_sync.card import write_model
from colab_training.lip_sync.cross_fit import cross_fit
from colab_training.lip_sync.measure import trials_of
from colab_training.lip_sync.settings import load_lip_sync_settings
from colab_training.lip_sync.talks import talks_of
from colab_training.video.manifest import clips_manifest_sha256


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    settings = load_lip_sync_settings(options.config)
    cv2.setNumThreads(1)
    torch.set_num_threads(1)  # networks this small lose more by meeting than they gain
    talks = talks_of(options.data, options.models, options.cache)
    found = cross_fit(settings, talks, options.cache)
    manifest = clips_manifest_sha256(options.data / "av")
    card = write_model(settings, options.config, manifest, talks, found, trials_of(settings, talks, found), options.out)
    for metric in card.metrics:
        print(
            f"{metric.metric}: {metric.dataset} ({metric.split}): {metric.value:.3f} [{metric.low:.3f}, {metric.high:.3f}]"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.lip_sync", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the run")
    parser.add_argument("--data", type=Path, required=True, help="folder with av/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry with face finder and face mesh")
    parser.add_argument(
        "--cache", type=Path, default=Path(".telltale/colab_training/lip_sync"), help="folder of clips and networks"
    )
    return parser


if __name__ == "__main__":
    main()
