"""The data set in numbers: one line for each source and class."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from colab_training.preparation.examination import Examined, Facts
from colab_training.shortcuts import SUBSAMPLINGS

Spread = tuple[float, float, float]
"""Fifth, fiftieth and ninety-fifth percentile."""


@dataclass(frozen=True)
class SourceStatistics:
    """One source and class. Lengths in px, colours 0-255."""

    source: str
    fake: bool
    pictures: int
    parts: dict[str, int]
    groups: int
    formats: dict[str, int]
    subsamplings: dict[str, int]
    width_px: Spread
    height_px: Spread
    jpeg_quality: Spread | None
    face_px: Spread | None
    without_face: int
    sharpness: Spread
    mean_colour: tuple[float, float, float]


def statistics(examined: Examined) -> list[SourceStatistics]:
    """All sources and classes, by name."""
    alike: dict[tuple[str, bool], list[Facts]] = defaultdict(list)
    for facts in examined.facts:
        alike[facts.sample.source, facts.sample.fake].append(facts)
    return [_statistics(examined, facts) for _, facts in sorted(alike.items())]


def _statistics(examined: Examined, facts: list[Facts]) -> SourceStatistics:
    faces = [examined.face_px(each) for each in facts]
    jpegs = [each for each in facts if each.format == "JPEG"]
    return SourceStatistics(
        source=facts[0].sample.source,
        fake=facts[0].sample.fake,
        pictures=len(facts),
        parts=_counts(each.sample.part for each in facts),
        groups=len({each.sample.group for each in facts}),
        formats=_counts(each.format for each in facts),
        subsamplings=_counts(_subsampling(each) for each in jpegs),
        width_px=_spread([each.feature("width") for each in facts]),
        height_px=_spread([each.feature("height") for each in facts]),
        jpeg_quality=_spread([each.feature("quality") for each in jpegs]) if jpegs else None,
        face_px=_spread([face for face in faces if face is not None]) if any(faces) else None,
        without_face=sum(face is None for face in faces),
        sharpness=_spread([each.sharpness for each in facts], digits=4),
        mean_colour=_mean_colour(facts),
    )


def _mean_colour(facts: list[Facts]) -> tuple[float, float, float]:
    red, green, blue = np.mean([each.outside[-3:] for each in facts], axis=0)
    return round(float(red), 1), round(float(green), 1), round(float(blue), 1)


def _subsampling(facts: Facts) -> str:
    index = int(facts.feature("subsampling"))
    return SUBSAMPLINGS[index] if index >= 0 else "other"


def _spread(values: list[float], digits: int = 1) -> Spread:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return round(float(low), digits), round(float(middle), digits), round(float(high), digits)


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
