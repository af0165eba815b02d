"""Prints what rounding costs, for docs/model_protection.md; bench.protection.variants prints the rest.

Run: python -m bench.protection --data ../shared/data --clips build/clips_evidence.jsonl --judgements build/voice_judgements.jsonl
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2

from bench.protection import attack, rounding


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    for line in _lines(options):
        print(line, flush=True)


def _lines(options: argparse.Namespace) -> Iterator[str]:
    if "rounding" in options.parts:
        yield from rounding.table(options)
    if "attack" in options.parts:
        yield from attack.table(options.data, options.models)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.protection", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with faces/")
    parser.add_argument("--clips", type=Path, required=True, help="JSON lines: labelled evidence of clips")
    parser.add_argument("--judgements", type=Path, required=True, help="JSON lines of colab_training.voice_spoof")
    parser.add_argument("--models", type=Path, default=Path("models"), help="folder of the models")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="evidence already seen")
    parser.add_argument("--video-config", type=Path, default=Path("colab_training/configs/video_fusion.toml"))
    every = ("rounding", "attack")
    parser.add_argument("--parts", nargs="+", choices=every, default=every, help="which tables")
    return parser


if __name__ == "__main__":
    main()
