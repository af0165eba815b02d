r"""Measures verdicts of all kinds on split val; writes docs/VERDICT.md, docs/verdict/*.png and the page's accuracy.json.

Run: python -m bench.verdict --data ../shared/data --clips build/clips_evidence.jsonl \
         --judgements build/voice_judgements.jsonl --docs docs --web gateway/web/assets

With `--photos` in place of clips and judgements photos alone are measured: for a fusion model that took over videos and
recordings from an earlier one, and with them their numbers in accuracy.json. That writes docs/verdict/photos.md and leaves
docs/VERDICT.md as it is.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2

from bench.verdict.drawing import draw_reliability
from bench.verdict.findings import NAMED, Findings, limits
from bench.verdict.numbers import ALL
from bench.verdict.page import page
from bench.verdict.run import Inputs, Timed, run
from colab_training.ensemble.evidence import picture_evidence
from colab_training.video_fusion.clips import read_clips
from colab_training.video_fusion.settings import load_video_fusion_settings
from colab_training.voice_spoof.judgements import read_judgements
from fusion_svc.model import MODEL_NAME
from kit.models.registry import Registry

FOLDER = Path("verdict")


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.photos == (options.clips is not None and options.judgements is not None):
        parser.error("give --clips and --judgements, or --photos")
    cv2.setNumThreads(1)
    loaded = Registry(options.models).load(MODEL_NAME)
    evidence = picture_evidence(options.data, options.models, options.cache)
    found = run(Inputs(evidence, None if options.photos else _timed(options)), loaded)
    written = options.docs / (FOLDER / "photos.md" if options.photos else "VERDICT.md")
    diagram = options.docs / FOLDER / ("photos.png" if options.photos else "reliability.png")
    draw_reliability(found.measured, diagram)
    text = page(found, diagram.relative_to(written.parent).as_posix())
    written.write_text(text, encoding="utf-8")
    numbers = options.web / "accuracy.json"
    document = accuracy(found, loaded.card.created)
    if options.photos:
        document = with_others(document, json.loads(numbers.read_text(encoding="utf-8")))
    numbers.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(text)


def accuracy(found: Findings, measured: str) -> dict[str, Any]:
    """What the page of the project says of how often it is wrong; `measured` is a day."""
    kinds = {name: own.document() for name, own in found.measured.items()}
    everything = {ALL: kinds.pop(ALL)} if ALL in kinds else {}
    return {
        "fusion_version": found.version,
        "measured": measured,
        "kinds": kinds,
        **everything,
        "limits": limits(found),
    }


def with_others(photos: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of photos with those of videos and recordings as they were; nothing is said of all kinds together."""
    others = [NAMED[kind] for kind in before["kinds"] if kind not in photos["kinds"]]
    kept = [line for line in before["limits"] if any(name in line.lower() for name in others)]
    return {
        **photos,
        "kinds": {
            **photos["kinds"],
            **{kind: own for kind, own in before["kinds"].items() if kind not in photos["kinds"]},
        },
        "limits": [*photos["limits"], *(line for line in kept if line not in photos["limits"])],
    }


def _timed(options: argparse.Namespace) -> Timed:
    return Timed(
        clips=read_clips(options.clips),
        judgements=read_judgements(options.judgements),
        settings=load_video_fusion_settings(options.video_config),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.verdict", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with faces/")
    parser.add_argument("--clips", type=Path, help="JSON lines: labelled evidence of clips")
    parser.add_argument("--judgements", type=Path, help="JSON lines of colab_training.voice_spoof")
    parser.add_argument("--photos", action="store_true", help="measure photos alone")
    parser.add_argument("--docs", type=Path, required=True, help="documentation folder")
    parser.add_argument("--web", type=Path, required=True, help="folder for accuracy.json")
    parser.add_argument("--models", type=Path, default=Path("models"), help="model registry")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="evidence already seen")
    parser.add_argument("--video-config", type=Path, default=Path("colab_training/configs/video_fusion.toml"))
    return parser


if __name__ == "__main__":
    main()
