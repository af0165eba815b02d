r"""Trains `voice_spoof` and writes its model folder.

Run: python -m colab_training.voice_spoof --config colab_training/configs/voice_spoof.toml --data ../shared/data \
         --out models/voice_spoof/1.0.0     (about half an hour on two cores)
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from colab_training.manifest import manifest_sha256
from colab_training.voice_spoof.card import Run, write_model
from colab_training.voice_spoof.cross_fit import cross_fit
from colab_training.voice_spoof.items import items_of
from colab_training.voice_spoof.judgements import write_judgements
from colab_training.voice_spoof.manifest import read_speech_manifest
from colab_training.voice_spoof.outside import outside_auc
from colab_training.voice_spoof.settings import load_voice_settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    settings = load_voice_settings(options.config)
    items = items_of(settings, options.data, options.cache)
    found = cross_fit(settings, items)
    folder = options.data / "speech"
    outside = outside_auc(folder, read_speech_manifest(folder))
    run = Run(settings, items, found, options.config, options.data, manifest_sha256(folder), outside)
    card = write_model(run, options.out)
    write_judgements(items, found, card.postprocessing.calibration, options.judgements)
    for metric in card.metrics:
        print(
            f"{metric.metric}, {metric.dataset} ({metric.split}): {metric.value:.3f} [{metric.low:.3f}, {metric.high:.3f}]"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.voice_spoof", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the run")
    parser.add_argument("--data", type=Path, required=True, help="folder with speech/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument(
        "--cache", type=Path, default=Path(".telltale/colab_training/voice_spoof"), help="folder of measures"
    )
    parser.add_argument(
        "--judgements",
        type=Path,
        default=Path("build/voice_judgements.jsonl"),
        help="file to write what was said of every recording to; fusion is fitted on it",
    )
    return parser


if __name__ == "__main__":
    main()
