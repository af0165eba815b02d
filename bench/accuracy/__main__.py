"""Runs the accuracy benchmark: `python -m bench.accuracy --data ../shared/data --out bench/out`."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2

from bench.accuracy import measure
from bench.accuracy.plots import draw
from bench.accuracy.report import Report, markdown
from bench.accuracy.shortcuts import shortcut_auc
from colab_training.evidence_table import collect
from colab_training.examiner import Examiner, examiner
from colab_training.manifest import part, read_manifest
from fusion_svc.judge import judge
from fusion_svc.model import MODEL_NAME, FusionModel, read_fusion_model
from kit.models.registry import Registry

SCENES = "scenes/real"


def run(data: Path, models: Path, cache: Path, plot: Path) -> Report:
    """Examines and judges all pictures, draws the plot, and gives the numbers."""
    root, registry = data / "faces", Registry(models)
    samples = part(read_manifest(root), "val")
    model = read_fusion_model(registry.load(MODEL_NAME))
    with examiner(models) as detectors:
        table = collect(detectors, [root / sample.file for sample in samples], cache)
        scenes = _scene_labels(detectors, data / SCENES, model, cache)
    judged = measure.Judged(samples, table, [judge(row.evidence, row.media, model) for row in table])
    draw(judged, plot)
    return Report(
        models={name: registry.versions(name)[-1] for name in registry.names()},
        areas=measure.areas(judged),
        shortcuts=shortcut_auc(root, samples),
        abstained=measure.abstained(judged),
        false_alarms=measure.false_alarms(judged),
        calibration_error=measure.fused_calibration_error(judged),
        labels=measure.labels(judged),
        scenes=scenes,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    report = run(options.data, options.models, options.cache, options.out / "accuracy.png")
    (options.out / "accuracy.json").write_text(json.dumps(report.document(), indent=2) + "\n", encoding="utf-8")
    (options.out / "accuracy.md").write_text(markdown(report), encoding="utf-8")
    print(markdown(report))


def _scene_labels(detectors: Examiner, folder: Path, model: FusionModel, cache: Path) -> dict[str, int]:
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    verdicts = [judge(row.evidence, row.media, model) for row in collect(detectors, files, cache)]
    return dict(Counter(measure.label_name(verdict) for verdict in verdicts))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with faces/ and scenes/")
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for accuracy.{json,md,png}")
    parser.add_argument("--models", type=Path, default=Path("models"), help="model registry")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="evidence already seen")
    return parser


if __name__ == "__main__":
    main()
