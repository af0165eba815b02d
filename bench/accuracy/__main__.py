"""Runs the accuracy benchmark: `python -m bench.accuracy --data ../shared/data --out bench/out --docs docs`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2

from bench.accuracy.page import write_page
from bench.accuracy.report import LEFT_OUT_FILE
from bench.accuracy.run import Bench, run
from bench.accuracy.test_sets import make_alike, pool
from colab_training.examiner import examiner
from colab_training.manifest import read_manifest
from colab_training.pictures import find_faces
from fusion_svc.model import MODEL_NAME, read_fusion_model
from kit.models.registry import Registry


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    root, registry = options.data / "faces", Registry(options.models)
    samples = read_manifest(root)
    drawn = pool(samples)
    made = make_alike(root, drawn, find_faces(root, drawn, options.models, options.cache))
    with examiner(options.models) as detectors:
        fusion = read_fusion_model(registry.load(MODEL_NAME))
        bench = Bench(detectors, fusion, registry, options.data, options.cache)
        results = run(bench, samples, made, options.robustness_items, _recorded(options))
    options.out.mkdir(parents=True, exist_ok=True)
    document = json.dumps(results[0].document(), indent=2, ensure_ascii=False) + "\n"
    (options.out / "accuracy.json").write_text(document, encoding="utf-8")
    write_page(*results, options.out / "accuracy.md", options.out)
    if options.docs:
        write_page(*results, options.docs / "ACCURACY.md", options.docs / "accuracy")
    print((options.out / "accuracy.md").read_text(encoding="utf-8"))


def _recorded(options: argparse.Namespace) -> dict[str, Any] | None:
    """Results of the trainings without one source, from this machine or as recorded in the documentation."""
    places = [options.out / LEFT_OUT_FILE, *([options.docs / "accuracy" / LEFT_OUT_FILE] if options.docs else [])]
    found = [path for path in places if path.is_file()]
    return json.loads(found[0].read_text(encoding="utf-8")) if found else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with faces/ and scenes/")
    parser.add_argument(
        "--out", type=Path, default=Path("bench/out"), help="folder for accuracy.{json,md} and drawings"
    )
    parser.add_argument("--docs", type=Path, help="documentation folder, for ACCURACY.md and accuracy/*.png")
    parser.add_argument("--models", type=Path, default=Path("models"), help="model registry")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="evidence already seen")
    parser.add_argument(
        "--robustness-items", type=int, default=40, help="most pictures of each source and class in the robustness grid"
    )
    return parser


if __name__ == "__main__":
    main()
