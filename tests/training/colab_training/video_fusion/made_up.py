"""Labelled evidence of clips, made up: two people, ten seconds, and fakes of which one person is swapped for four of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from google.protobuf import json_format

from colab_training.video_fusion.clips import Clip
from colab_training.video_fusion.settings import VideoFusionSettings, load_video_fusion_settings
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import fusion_service_pb2
from tests.support.fusion import VIDEO, a_span, a_timeline

CONFIG = Path(__file__).parents[4] / "colab_training" / "configs" / "video_fusion.toml"
REALS, FAKES = ("news", "talks"), ("swaps", "heads")
STRETCH_S = 1.28


def settings(**changes: object) -> VideoFusionSettings:
    """The shipped settings with the terms of the made-up sources."""
    terms = dict.fromkeys((*REALS, *FAKES), "CC0")
    return load_video_fusion_settings(CONFIG).model_copy(update={"terms": terms, **changes})


def clip(source: str, number: int, seed: int, split: str = "train") -> Clip:
    """A clip with a test that sees swaps and one that sees nothing."""
    rng = np.random.default_rng(seed)
    fake = source in FAKES
    seen = [_opinion(rng, 1.5 if fake and track == 1 and 2 <= n < 5 else -1.5) for track in (0, 1) for n in range(8)]
    blind = [rng.normal(0, 1.5) for _ in seen]
    evidence = [_evidence("face_motion", seen), _evidence("face_drift", blind)]
    request = fusion_service_pb2.FuseRequest(media=VIDEO, evidence=evidence)
    return Clip(source, f"{source}-{number}", fake, "swap" if fake else "real", split, request)


def clips(each: int = 12, split: str = "train") -> list[Clip]:
    """As many of every source."""
    first = 0 if split == "train" else 1000
    names = (*REALS, *FAKES)
    return [clip(name, n, first + 100 * place + n, split) for place, name in enumerate(names) for n in range(each)]


def write(found: Sequence[Clip], path: Path) -> Path:
    """The clips as a file of JSON lines."""
    rows = (
        {
            "source": entry.source,
            "group": entry.group,
            "label": "fake" if entry.fake else "real",
            "kind": entry.kind,
            "split": entry.split,
            "request": json_format.MessageToDict(entry.request),
        }
        for entry in found
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _opinion(rng: np.random.Generator, mean: float) -> float:
    return float(rng.normal(mean, 1.2))


def _evidence(cue: str, ratios: Sequence[float]) -> evidence_pb2.Evidence:
    spans = [
        a_span(STRETCH_S * (n % 8), STRETCH_S * (n % 8 + 1), ratio, track_id=n // 8) for n, ratio in enumerate(ratios)
    ]
    return a_timeline(cue, *spans)
