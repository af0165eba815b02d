"""Where in time Telltale points, on clips whose middle third was swapped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.clips.thirds import temporal_iou, thirds
from colab_training.evidence_table import Examines, collect
from colab_training.metrics import Estimate
from colab_training.video.manifest import Clip
from colab_training.video.sources import Reader
from fusion_svc.judge import judge
from fusion_svc.model import FusionModel
from kit.media.spans import Span
from telltale.fusion.v1 import verdict_pb2

_ROUNDS = 1000


@dataclass(frozen=True)
class Place:
    """One made clip: what was said of it, and how well the stretch that decided covers what was swapped."""

    file: str
    label: str
    risk_score: float
    iou: float
    flagged_iou: float
    """Of all stretches at or above SUSPICIOUS; 0 when there are none."""


def places(examiner: Examines, reader: Reader, clips: Sequence[Clip], model: FusionModel, cache: Path) -> list[Place]:
    """Makes, examines and judges one clip per real one that is long enough."""
    made = thirds(reader, clips)
    rows = collect(examiner, [_content(third.data) for third in made], cache, "thirds")
    found = []
    for third, row in zip(made, rows, strict=True):
        verdict = judge(row.evidence, row.media, model)
        decisive = [_span(verdict.decisive)] if verdict.HasField("decisive") else []
        flagged = [_span(segment) for segment in verdict.segments]
        label = verdict_pb2.Label.Name(verdict.label).removeprefix("LABEL_")
        ious = [temporal_iou(spans, third.swapped) if spans else 0.0 for spans in (decisive, flagged)]
        found.append(Place(third.clip.file, label, verdict.risk_score, ious[0], ious[1]))
    return found


def mean(values: Sequence[float]) -> Estimate:
    """The mean with its 95% bootstrap interval."""
    numbers = np.asarray(values, np.float64)
    rng = np.random.default_rng(0)
    drawn = [float(rng.choice(numbers, numbers.size).mean()) for _ in range(_ROUNDS)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(float(numbers.mean()), float(low), float(high), numbers.size)


def _content(data: bytes) -> Callable[[], bytes]:
    return lambda: data


def _span(segment: verdict_pb2.Segment) -> Span:
    return Span(segment.start.ToNanoseconds() / 1e9, segment.end.ToNanoseconds() / 1e9)
