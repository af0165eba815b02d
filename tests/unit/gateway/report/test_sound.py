from __future__ import annotations

import cv2
import numpy as np

from gateway.report.drawing import Bar, Raster
from gateway.report.sound import sound_lanes
from gateway.report.wording import wording
from telltale.av_sync.v1 import sound_pb2
from tests.support.reports import a_sound_report

WAVE = "#4a5a78"
ENGLISH = wording("en")


def test_the_louder_the_higher_and_nothing_where_nobody_listened() -> None:
    drawing = sound_lanes(a_sound_report().analysis.soundtrack, ENGLISH)
    assert drawing is not None
    heights = [mark.height for mark in drawing.marks if isinstance(mark, Bar) and mark.fill == WAVE]
    assert len(heights) == 3
    assert heights[1] > heights[0] > heights[2]


def test_low_frequencies_are_at_the_bottom() -> None:
    drawing = sound_lanes(a_sound_report().analysis.soundtrack, ENGLISH)
    assert drawing is not None
    [raster] = [mark for mark in drawing.marks if isinstance(mark, Raster)]
    picture = cv2.imdecode(np.frombuffer(raster.png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (2, 4, 3)
    assert picture[1, 2].sum() > picture[0, 2].sum()  # 255 in the lower band, 30 in the upper


def test_sound_that_was_not_measured_has_no_lanes() -> None:
    assert sound_lanes(sound_pb2.Soundtrack(), ENGLISH) is None
    torn = a_sound_report().analysis.soundtrack
    torn.log_mel.values = torn.log_mel.values[:-1]
    assert sound_lanes(torn, ENGLISH) is None
