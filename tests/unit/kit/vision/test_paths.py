from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from kit.convert.times import duration
from kit.errors import InvalidRequest
from kit.vision.paths import path_of
from kit.vision.tracks import tracks_of_still
from telltale.common.v1 import faces_pb2
from tests.support.image import a_face


def track(times_s: Sequence[float], *, step_px: float = 10) -> faces_pb2.FaceTrack:
    """A face that moves to the right by `step_px` from one observation to the next, in a picture of 400 by 200."""
    message = faces_pb2.FaceTrack(track_id=3)
    for index, time_s in enumerate(times_s):
        (seen,) = tracks_of_still([a_face(left=step_px * index, top=20, side=80)], 400, 200)
        message.observations.extend(seen.observations)
        message.observations[-1].time_offset.CopyFrom(duration(time_s))
    return message


def test_a_path_is_in_pixels_of_the_video_asked_for() -> None:
    path = path_of(track([0.0]), 800, 400)
    assert path.track_id == 3
    assert path.boxes_px.tolist() == [pytest.approx([0, 40, 160, 200])]
    assert path.landmarks_px[0, 0].tolist() == pytest.approx([80, 120])


def test_between_observations_a_face_moves_evenly() -> None:
    boxes, landmarks = path_of(track([1.0, 1.4]), 400, 200).at(np.asarray([1.1, 1.3]))
    assert boxes[:, 0].tolist() == pytest.approx([2.5, 7.5])
    assert landmarks.shape == (2, 5, 2)
    assert landmarks[:, 0, 0].tolist() == pytest.approx([42.5, 47.5])


def test_a_gap_is_not_covered_but_its_edges_are() -> None:
    path = path_of(track([0.0, 0.6, 2.0, 2.1]), 400, 200)
    moments = np.asarray([-0.1, 0.0, 0.3, 0.6, 0.7, 2.0, 2.05, 2.1, 2.2])
    assert path.covered(moments).tolist() == [False, True, True, True, False, True, True, True, False]


def test_before_and_after_a_face_stands_still() -> None:
    boxes, _ = path_of(track([1.0, 1.4]), 400, 200).at(np.asarray([0.0, 9.0]))
    assert boxes[:, 0].tolist() == pytest.approx([0, 10])


@pytest.mark.parametrize("times_s", [[], [1.0, 0.5], [1.0, 1.0]])
def test_observations_out_of_order_are_refused(times_s: list[float]) -> None:
    with pytest.raises(InvalidRequest, match="in order of time"):
        path_of(track(times_s), 400, 200)


def test_observations_without_landmarks_are_refused() -> None:
    bare = track([0.0])
    del bare.observations[0].landmarks[3:]
    with pytest.raises(InvalidRequest, match="five landmarks"):
        path_of(bare, 400, 200)
