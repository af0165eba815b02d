from __future__ import annotations

import protovalidate
import pytest

from kit.vision.tracks import tracks_of_still
from tests.support.image import a_face


def test_tracks_are_numbered_from_the_largest_face() -> None:
    tracks = tracks_of_still([a_face(side=40), a_face(side=80)], 400, 200)
    assert [(track.track_id, track.observations[0].width_px) for track in tracks] == [(0, 80), (1, 40)]


def test_boxes_and_landmarks_are_shares_of_the_picture() -> None:
    (track,) = tracks_of_still([a_face(left=40, top=20, side=80)], 400, 200)
    (seen,) = track.observations
    assert (seen.box.x_min, seen.box.x_max) == pytest.approx((0.1, 0.3))
    assert (seen.box.y_min, seen.box.y_max) == pytest.approx((0.1, 0.5))
    assert (seen.landmarks[0].x, seen.landmarks[0].y) == pytest.approx((0.2, 0.3))
    assert len(seen.landmarks) == 5


def test_a_face_beyond_the_edge_keeps_the_contract() -> None:
    (track,) = tracks_of_still([a_face(left=-30, top=150, side=90)], 200, 200)
    protovalidate.validate(track)
    assert track.observations[0].box.x_min == 0


def test_a_picture_without_faces_has_no_tracks() -> None:
    assert tracks_of_still([], 10, 10) == []
