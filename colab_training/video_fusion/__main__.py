"""Fits the video section of the fusion model and writes a new version of it.

Run: python -m colab_training.video_fusion --evidence FILE --fusion models/fusion/3.0.0 --out models/fusion/3.1.0

FILE holds one JSON object a line: source, group, label ("real" or "fake"), kind, split, and request, a FuseRequest.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from colab_training.video_fusion.clips import digest, read_clips
from colab_training.video_fusion.run import run
from colab_training.video_fusion.settings import load_video_fusion_settings
from kit.models.card import load_model


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    command = (
        "python -m colab_training.video_fusion "
        f"--evidence {options.evidence.name} --fusion {options.fusion} --out {options.out}"
    )
    clips, settings = read_clips(options.evidence), load_video_fusion_settings(options.config)
    run(clips, settings, load_model(options.fusion), command, digest(options.evidence), options.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.video_fusion", description=__doc__)
    parser.add_argument("--evidence", type=Path, required=True, help="JSON lines: labelled evidence of clips")
    parser.add_argument("--fusion", type=Path, required=True, help="folder of the fusion model to go on from")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--config", type=Path, default=Path("colab_training/configs/video_fusion.toml"))
    return parser


if __name__ == "__main__":
    main()
