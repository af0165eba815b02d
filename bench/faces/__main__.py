"""Runs the comparison: `python -m bench.faces --data ../shared/data --out bench/out`; fails when a bar is missed."""

from __future__ import annotations

import argparse
import functools
import json
from pathlib import Path

import cv2

from bench.faces.measure import Found, TestSets, examine, read_test_sets, square_photo
from bench.faces.report import MAX_MS, document, look_name, markdown
from colab_training.teacher.mtcnn import open_teacher
from kit.models.registry import Registry
from kit.vision.yolo import open_finder

_SERVED, _TEACHER = "face_finder", "mtcnn (teacher)"


def main() -> int:
    """0 when the served finder holds all bars, else 1."""
    options = _options()
    cv2.setNumThreads(1)
    sets = read_test_sets(options.data, options.models, options.cache, options.items)
    results = document(_examined(options.models, sets, options.calls), _SERVED)
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(results, indent=2, ensure_ascii=False) + "\n"
    (options.out / "faces.json").write_text(text, encoding="utf-8")
    (options.out / "faces.md").write_text(markdown(results), encoding="utf-8")
    print(markdown(results))
    return 0 if all(results["bars"].values()) else 1


def _examined(models: Path, sets: TestSets, calls: int) -> dict[str, Found]:
    served, teacher = open_finder(Registry(models).load("face_finder")), open_teacher(models)
    squares = {side: square_photo(sets.empty.values(), side) for side in MAX_MS}
    looks = {look_name(side): functools.partial(served.find_at, squares[side], side) for side in MAX_MS}
    whole = {f"a photo of {side} px": functools.partial(served.find, squares[side]) for side in MAX_MS}
    slow = {f"a photo of {side} px": functools.partial(teacher.find, squares[side]) for side in MAX_MS}
    return {_SERVED: examine(served, sets, looks | whole, calls), _TEACHER: examine(teacher, sets, slow, calls)}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.faces", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with faces/ and scenes/real/")
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for faces.json and faces.md")
    parser.add_argument("--models", type=Path, default=Path("models"), help="model registry")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="faces already found")
    parser.add_argument("--items", type=int, default=400, help="most portraits of the split val")
    parser.add_argument("--calls", type=int, default=30, help="calls that a time is the median of")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
