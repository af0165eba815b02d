"""Which pictures are not learned from, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from colab_training.manifest import Sample
from colab_training.preparation.examination import Examined, Facts
from colab_training.preparation.settings import QualitySettings


class Reason(Enum):
    """Why a picture was left out."""

    UNREADABLE = "unreadable"
    TOO_SMALL = "too small"
    BLURRED = "blurred"
    NO_FACE = "no face found"
    SMALL_FACE = "face too small"
    DUPLICATE = "same bytes as another picture"
    LEAK = "of an identity group that val has"


@dataclass(frozen=True)
class Rejection:
    """One picture that was left out; `other` is the picture that it duplicates, if that is why."""

    sample: Sample
    reason: Reason
    other: str = ""


def rejections(examined: Examined, groups: Mapping[str, str], settings: QualitySettings) -> list[Rejection]:
    """The first reason of every picture that has one. Val keeps what train loses, so that its figures stay comparable."""
    found = {sample.file: Rejection(sample, Reason.UNREADABLE) for sample in examined.unreadable}
    for each in (
        *(Rejection(facts.sample, reason) for facts, reason in _poor(examined, settings)),
        *_duplicates(examined.facts),
        *_leaks(examined.facts, groups),
    ):
        found.setdefault(each.sample.file, each)
    return list(found.values())


def contradictions(facts: Sequence[Facts]) -> list[tuple[str, str]]:
    """Pairs of files with the same bytes of which one is called real and the other fake."""
    first: dict[str, Facts] = {}
    pairs = []
    for each in facts:
        other = first.setdefault(each.sha256, each)
        if other.sample.fake != each.sample.fake:
            pairs.append((other.sample.file, each.sample.file))
    return pairs


def _poor(examined: Examined, settings: QualitySettings) -> Iterator[tuple[Facts, Reason]]:
    for facts in examined.facts:
        face_px = examined.face_px(facts)
        if min(facts.feature("width"), facts.feature("height")) < settings.min_side_px:
            yield facts, Reason.TOO_SMALL
        elif facts.sharpness < settings.min_sharpness:
            yield facts, Reason.BLURRED
        elif face_px is None:
            yield facts, Reason.NO_FACE
        elif face_px < settings.min_face_px:
            yield facts, Reason.SMALL_FACE


def _duplicates(facts: Sequence[Facts]) -> Iterator[Rejection]:
    kept: dict[str, Facts] = {}
    for each in sorted(facts, key=lambda one: one.sample.part != "val"):
        other = kept.setdefault(each.sha256, each)
        if other is not each:
            yield Rejection(each.sample, Reason.DUPLICATE, other.sample.file)


def _leaks(facts: Sequence[Facts], groups: Mapping[str, str]) -> Iterator[Rejection]:
    shown = {groups[each.sample.group]: each.sample.file for each in facts if each.sample.part == "val"}
    for each in facts:
        group = groups[each.sample.group]
        if each.sample.part != "val" and group in shown:
            yield Rejection(each.sample, Reason.LEAK, shown[group])
