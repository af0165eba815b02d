"""Files as they are: expert splices and real pictures of sources that the judging fit has not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from colab_training.metrics import auc, bootstrap, rate
from colab_training.region_consistency.examples import luma_of_file
from colab_training.region_consistency.fitting import Fit
from colab_training.region_consistency.settings import RegionSettings
from kit.errors import UndecodableMedia
from metadata_svc.history.pixels import Pixels
from metadata_svc.history.reading import LEAST_DETAIL
from metadata_svc.history.regions import signal_maps
from telltale.model.v1 import card_pb2

_AS_FILED: Final = "as filed, its source left out"


@dataclass(frozen=True)
class Group:
    """Files of one kind: the source whose fit must not judge them, and what they are."""

    source: str
    pattern: str
    fake: bool


GROUPS: Final = {
    "splice_ciplab, real": Group("faces", "faces/splice_ciplab/real/*", fake=False),
    "splice_ciplab, spliced by experts": Group("faces", "faces/splice_ciplab/fake/*", fake=True),
    "stylegan2_tpdne, real": Group("faces", "faces/stylegan2_tpdne/real/*", fake=False),
    "scenes, real": Group("scenes", "scenes/real/*", fake=False),
    "camera files": Group("camera", "metadata/exif/*.jpg", fake=False),
}


def metrics(fit: Fit, data: Path, settings: RegionSettings, threshold: float) -> Iterator[card_pb2.Metric]:
    """False alarms, answers, and the AUC of expert splices against the real pictures of their set."""
    found: dict[str, list[float]] = {}
    for name, group in GROUPS.items():
        files = sorted(data.glob(group.pattern))[: settings.most]
        ratios = [ratio for file in files if (ratio := _ratio(fit, group.source, file, settings)) is not None]
        found[name] = ratios
        if files:
            yield _share("answered", name, len(ratios), len(files))
        if ratios:
            hits = sum(ratio >= threshold for ratio in ratios)
            yield _share("found" if group.fake else "false alarms", name, hits, len(ratios))
    yield from _experts(found)


def _experts(found: Mapping[str, list[float]]) -> Iterator[card_pb2.Metric]:
    real, fake = found["splice_ciplab, real"], found["splice_ciplab, spliced by experts"]
    if real and fake:
        area = bootstrap(auc, [False] * len(real) + [True] * len(fake), [*real, *fake])
        yield card_pb2.Metric(
            metric="auc",
            dataset="splice_ciplab, spliced by experts",
            split=_AS_FILED,
            value=area.value,
            low=area.low,
            high=area.high,
            items=area.items,
        )


def _ratio(fit: Fit, source: str, file: Path, settings: RegionSettings) -> float | None:
    """None where serving would have no opinion."""
    try:
        pixels = Pixels(luma_of_file(file.read_bytes()))
    except (ValueError, UndecodableMedia):
        return None
    luma, history = pixels.luma, pixels.history
    if luma is None or history is None or min(luma.plane.shape) < settings.least_px:
        return None
    if pixels.quality < settings.least_quality or history.detail < LEAST_DETAIL:
        return None
    return fit.judge_unseen(source, signal_maps(luma, history).astype(np.float32), history).ratio


def _share(name: str, dataset: str, hits: int, items: int) -> card_pb2.Metric:
    share = rate(hits, items)
    return card_pb2.Metric(
        metric=name,
        dataset=dataset,
        split=_AS_FILED,
        value=share.value,
        low=share.low,
        high=share.high,
        items=items,
    )
