"""Milliseconds of each step of the image detector on pictures that are decoded already."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from image_svc.detector import ImageDetector
from kit.vision.faces import Picture
from telltale.common.v1 import evidence_pb2

FACES = "face finding"
TOGETHER = "together"


@dataclass(frozen=True)
class Steps:
    """What the steps took on one size of picture; `longer_side_px` is that of the picture."""

    longer_side_px: int
    rounds: int
    p50_ms: dict[str, float]
    p90_ms: dict[str, float]


def measure(detector: ImageDetector, picture: Picture, sides_px: Sequence[int], rounds: int) -> list[Steps]:
    """Every size in turn, `rounds` times after one unmeasured round, so that a busy machine hits all sizes alike."""
    copies = {side: _scaled(picture, side) for side in sides_px}
    taken: dict[int, dict[str, list[float]]] = {side: defaultdict(list) for side in sides_px}
    for turn in range(rounds + 1):
        for side, copy in copies.items():
            for step, milliseconds in timed_steps(detector, copy).items():
                if turn:
                    taken[side][step].append(milliseconds)
    return [_steps(side, rounds, values) for side, values in taken.items()]


def timed_steps(detector: ImageDetector, picture: Picture) -> dict[str, float]:
    """Milliseconds by step: face finding, each cue by its name, and all of them together, of which two work at once."""
    taken: dict[str, float] = {}
    started_s = time.perf_counter()
    for event in detector.examine(picture):
        if isinstance(event, evidence_pb2.Evidence):
            taken[event.cue] = event.compute_time.ToMicroseconds() / 1000
        else:
            taken[FACES] = (time.perf_counter() - started_s) * 1000
    return taken | {TOGETHER: (time.perf_counter() - started_s) * 1000}


def _scaled(picture: Picture, longer_side_px: int) -> Picture:
    factor = longer_side_px / max(picture.shape[:2])
    size = (round(picture.shape[1] * factor), round(picture.shape[0] * factor))
    return np.asarray(
        cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC), np.uint8
    )


def _steps(side: int, rounds: int, values: dict[str, list[float]]) -> Steps:
    p50, p90 = ({step: float(np.percentile(all_ms, share)) for step, all_ms in values.items()} for share in (50, 90))
    return Steps(side, rounds, p50, p90)
