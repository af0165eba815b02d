"""How long detectors may take."""

from __future__ import annotations

import pytest

from gateway.budgets import Budgets
from telltale.common.v1 import media_pb2

BUDGETS = Budgets(still_s=1, quick_s=2, standard_s=3, thorough_s=4)


@pytest.mark.parametrize(
    ("depth", "seconds"),
    [
        (media_pb2.DEPTH_QUICK, 2),
        (media_pb2.DEPTH_STANDARD, 3),
        (media_pb2.DEPTH_UNSPECIFIED, 3),
        (media_pb2.DEPTH_THOROUGH, 4),
    ],
)
def test_a_video_gets_time_by_its_depth(depth: media_pb2.Depth.ValueType, seconds: float) -> None:
    assert BUDGETS.of(media_pb2.MEDIA_KIND_VIDEO, depth) == seconds


def test_a_photo_and_a_recording_get_the_same_whatever_the_depth() -> None:
    assert BUDGETS.of(media_pb2.MEDIA_KIND_IMAGE, media_pb2.DEPTH_THOROUGH) == 1
    assert BUDGETS.of(media_pb2.MEDIA_KIND_AUDIO, media_pb2.DEPTH_QUICK) == 1
