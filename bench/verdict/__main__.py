r"""Measures verdicts of all kinds on split val; writes docs/VERDICT.md, docs/verdict/*.png and the page's accuracy.json.

Run: python -m bench.verdict --data ../shared/data --clips build/clips_evidence.jsonl \
         --judgements build/voice_judgements.jsonl --docs docs --web gateway/web/assets
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2

from bench.verdict.drawing import draw_reliability
from bench.verdict.findings import Findings, limits
from bench.verdict.page import page
from bench.verdict.run import Inputs, run
from colab_training.ensemble.evidence import picture_evidence
from colab_training.video_fusion.clips import read_clips
from colab_training.video_fusion.settings import load_video_fusion_settings
from colab_training.voice_spoof.judgements import read_judgements
from fusion_svc.model import MODEL_NAME
from kit.models.registry import Registry

DIAGRAM = Path("verdict") / "reliability.png"


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    loaded = Registry(options.models).load(MODEL_NAME)
    inputs = Inputs(
        evidence=picture_evidence(options.data, options.models, options.cache),
        clips=read_clips(options.clips),
        judgements=read_judgements(options.judgements),
        settings=load_video_fusion_settings(options.video_config),
    )
    found = run(inputs, loaded)
    draw_reliability(found.measured, options.docs / DIAGRAM)
    text = page(found, DIAGRAM.as_posix())
    (options.docs / "VERDICT.md").write_text(text, encoding="utf-8")
    document = json.dumps(accuracy(found, loaded.card.created), indent=1) + "\n"
    (options.web / "accuracy.json").write_text(document, encoding="utf-8")
    print(text)


def accuracy(found: Findings, measured: str) -> dict[str, Any]:
    """What the page of the project says of how often it is wrong; `measured` is a day."""
    kinds = {name: own.document() for name, own in found.measured.items()}
    everything = kinds.pop("all")
    return {
        "fusion_version": found.version,
        "measured": measured,
        "kinds": kinds,
        "all": everything,
        "limits": limits(found),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.verdict", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with faces/")
    parser.add_argument("--clips", type=Path, required=True, help="JSON lines: labelled evidence of clips")
    parser.add_argument("--judgements", type=Path, required=True, help="JSON lines of colab_training.voice_spoof")
    parser.add_argument("--docs", type=Path, required=True, help="documentation folder")
    parser.add_argument("--web", type=Path, required=True, help="folder for accuracy.json")
    parser.add_argument("--models", type=Path, default=Path("models"), help="model registry")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="evidence already seen")
    parser.add_argument("--video-config", type=Path, default=Path("colab_training/configs/video_fusion.toml"))
    return parser


if __name__ == "__main__":
    main()
