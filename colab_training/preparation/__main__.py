"""Prepares a data folder: `python -m colab_training.preparation --data ../shared/data --out build/preparation`.

Writes below `--out`: data/ (links to what was kept, manifests with joined groups, frames of clips), REPORT.md, report.json and
plots.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2

from colab_training.preparation.download import fetch_all
from colab_training.preparation.report import markdown
from colab_training.preparation.run import Places, prepare
from colab_training.preparation.settings import load_settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    settings = load_settings(options.config)
    if options.download:
        fetch_all(settings.downloads, options.data)
    print(markdown(prepare(Places(options.data, options.out, options.models, options.cache), settings)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.preparation", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with faces/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--config", type=Path, default=Path("colab_training/configs/preparation.toml"), help="settings")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry that holds the face finder")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="faces already found")
    parser.add_argument("--download", action="store_true", help="fetch the configuration's downloads into --data first")
    return parser


if __name__ == "__main__":
    main()
