"""Files as they are: real pictures, which calibrate as well, and expert splices, which only measure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from colab_training.metrics import auc, bootstrap, rate
from colab_training.region_consistency.examples import Example, luma_of_file
from colab_training.region_consistency.fitting import Fit
from colab_training.region_consistency.settings import RegionSettings
from kit.errors import UndecodableMedia
from metadata_svc.history.gates import Refusal, admit
from metadata_svc.history.pixels import Pixels
from metadata_svc.history.regions import signal_maps
from telltale.model.v1 import card_pb2

_AS_FILED: Final = "as filed, its source left out"
_REAL: Final = "splice_ciplab, real"
_SPLICED: Final = "splice_ciplab, spliced by experts"


@dataclass(frozen=True)
class Group:
    """Files of one kind: the source whose fit must not judge them, and what they are."""

    source: str
    pattern: str
    fake: bool


GROUPS: Final = {
    _REAL: Group("faces", "faces/splice_ciplab/real/*", fake=False),
    _SPLICED: Group("faces", "faces/splice_ciplab/fake/*", fake=True),
    "stylegan2_tpdne, real": Group("faces", "faces/stylegan2_tpdne/real/*", fake=False),
    "scenes, real": Group("scenes", "scenes/real/*", fake=False),
    "camera files": Group("camera", "metadata/exif/*.jpg", fake=False),
}


def filed(data: Path, settings: RegionSettings) -> list[Example]:
    """The files on which serving has an opinion, measured as they are."""
    found = [
        _example(name, group, file, settings)
        for name, group in GROUPS.items()
        for file in _files(data, group, settings)
    ]
    return [example for example in found if example is not None]


def metrics(fit: Fit, data: Path, settings: RegionSettings, threshold: float) -> Iterator[card_pb2.Metric]:
    """False alarms, answers, and the AUC of expert splices against the real pictures of their set."""
    ratios = {name: [one.ratio for one in fit.judged if one.example.dataset == name] for name in GROUPS}
    for name, group in GROUPS.items():
        files = len(_files(data, group, settings))
        if files:
            yield _share("answered", name, len(ratios[name]), files)
        if ratios[name]:
            hits = sum(ratio >= threshold for ratio in ratios[name])
            yield _share("found" if group.fake else "false alarms", name, hits, len(ratios[name]))
    yield from _experts(ratios[_REAL], ratios[_SPLICED])


def _files(data: Path, group: Group, settings: RegionSettings) -> list[Path]:
    return sorted(data.glob(group.pattern))[: settings.most]


def _example(name: str, group: Group, file: Path, settings: RegionSettings) -> Example | None:
    """None where serving would have no opinion."""
    try:
        pixels = Pixels(luma_of_file(file.read_bytes()))
    except (ValueError, UndecodableMedia):
        return None
    history = admit("image/jpeg", pixels, settings.least_px, settings.least_quality)
    if isinstance(history, Refusal) or pixels.luma is None:
        return None
    maps = signal_maps(pixels.luma, history)
    pasted = np.full(maps.shape[1:], group.fake)
    side_px = min(pixels.luma.plane.shape)
    return Example(group.source, file.name, side_px, pixels.quality, 0, pasted, maps.astype(np.float16), history, name)


def _experts(real: Sequence[float], fake: Sequence[float]) -> Iterator[card_pb2.Metric]:
    if real and fake:
        area = bootstrap(auc, [False] * len(real) + [True] * len(fake), [*real, *fake])
        yield card_pb2.Metric(
            metric="auc",
            dataset=_SPLICED,
            split=_AS_FILED,
            value=area.value,
            low=area.low,
            high=area.high,
            items=area.items,
        )


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
