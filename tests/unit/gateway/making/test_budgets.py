"""How long detectors may take."""

from __future__ import annotations

import pytest

from gateway.making.budgets import Budgets, ByDepth
from telltale.common.v1 import media_pb2

BUDGETS = Budgets(still_s=1, video=ByDepth(2, 3, 4), audio=ByDepth(5, 6, 7))


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


def test_a_recording_has_times_of_its_own() -> None:
    depths = (media_pb2.DEPTH_QUICK, media_pb2.DEPTH_UNSPECIFIED, media_pb2.DEPTH_THOROUGH)
    assert [BUDGETS.of(media_pb2.MEDIA_KIND_AUDIO, depth) for depth in depths] == [5, 6, 7]


def test_a_photo_gets_the_same_whatever_the_depth() -> None:
    assert BUDGETS.of(media_pb2.MEDIA_KIND_IMAGE, media_pb2.DEPTH_QUICK) == 1
    assert BUDGETS.of(media_pb2.MEDIA_KIND_IMAGE, media_pb2.DEPTH_THOROUGH) == 1
