"""The times of single steps add up, and every size is measured as often as asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.stills.measure import FACES, TOGETHER, measure, timed_steps
from image_svc.detector import ImageDetector
from kit.clock import SystemClock
from kit.convert.evidence import finding
from kit.errors import UndecodableMedia
from kit.media.file import MediaFile
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2
from tests.support.image import FixedFinder, a_face, a_model, noisy_picture


class NoDecoder:
    def decode(self, media: MediaFile) -> Picture:
        raise UndecodableMedia("the benchmark gives pixels, not files")


class WidthKeepingCue:
    name = "width"
    model = a_model()

    def __init__(self) -> None:
        self.widths_px: list[int] = []

    def examine(self, picture: Picture, faces: Sequence[Face]) -> evidence_pb2.Evidence:
        self.widths_px.append(picture.shape[1])
        return finding(self.name, 1.0, 1.0, "wide", {})


@pytest.fixture
def cue() -> WidthKeepingCue:
    return WidthKeepingCue()


@pytest.fixture
def detector(cue: WidthKeepingCue) -> ImageDetector:
    return ImageDetector(NoDecoder(), FixedFinder([a_face()]), [cue], [cue.model], SystemClock())


def test_all_steps_together_take_at_least_as_long_as_each(detector: ImageDetector) -> None:
    taken = timed_steps(detector, noisy_picture())
    assert set(taken) == {FACES, "width", TOGETHER}
    assert taken[TOGETHER] >= max(taken[FACES], taken["width"])


def test_every_size_is_shown_once_more_than_it_counts(detector: ImageDetector, cue: WidthKeepingCue) -> None:
    picture = noisy_picture()
    sides = [picture.shape[1], picture.shape[1] // 2]
    sizes = measure(detector, picture, sides, rounds=3)
    assert [(steps.longer_side_px, steps.rounds) for steps in sizes] == [(side, 3) for side in sides]
    assert cue.widths_px == sides * 4
