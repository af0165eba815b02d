r"""Fits the section of recordings in the fusion model and writes a new version of it.

Run: python -m colab_training.audio_fusion --judgements build/voice_judgements.jsonl --fusion models/fusion/3.1.0 \
         --out models/fusion/3.2.0

Judgements are what `voice_spoof` said of recordings: of split train by judges that left them out; colab_training.voice_spoof
writes them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from colab_training.audio_fusion.run import run
from colab_training.audio_fusion.settings import load_audio_fusion_settings
from colab_training.voice_spoof.judgements import read_judgements
from kit.models.card import load_model
from kit.models.registry import Registry


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    command = (
        "python -m colab_training.audio_fusion "
        f"--judgements {options.judgements.name} --fusion {options.fusion} --out {options.out}"
    )
    judgements, settings = read_judgements(options.judgements), load_audio_fusion_settings(options.config)
    voice = Registry(options.models).load("voice_spoof").card
    run(judgements, settings, load_model(options.fusion), voice, command, options.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.audio_fusion", description=__doc__)
    parser.add_argument("--judgements", type=Path, required=True, help="JSON lines of colab_training.voice_spoof")
    parser.add_argument("--fusion", type=Path, required=True, help="folder of the fusion model to go on from")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry with voice_spoof")
    parser.add_argument("--config", type=Path, default=Path("colab_training/configs/audio_fusion.toml"))
    return parser


if __name__ == "__main__":
    main()
