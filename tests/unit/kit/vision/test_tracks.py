from __future__ import annotations

import protovalidate
import pytest

from kit.vision.linking import Link
from kit.vision.tracks import MAX_OBSERVATIONS, tracks_of, tracks_of_still, tracks_of_video
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


def link(number: int, count: int, side: float = 100) -> Link:
    return Link(number, [index * 0.16 for index in range(count)], [a_face(left=10, side=side)] * count, count)


def test_a_video_s_tracks_tell_time_and_the_file_s_pixels() -> None:
    (message,) = tracks_of_video(tracks_of([link(7, 3)]), (400, 200), 800)
    protovalidate.validate(message)
    assert message.track_id == 0
    assert [seen.time_offset.ToMilliseconds() for seen in message.observations] == [0, 160, 320]
    assert message.observations[0].box.x_min == pytest.approx(10 / 400)
    assert message.observations[0].width_px == 200


def test_tracks_keep_the_numbers_of_their_links() -> None:
    assert [track.number for track in tracks_of([link(7, 3), link(2, 3)])] == [7, 2]


def test_no_more_tracks_are_told_than_an_answer_may_hold() -> None:
    assert len(tracks_of([link(number, 1) for number in range(70)])) == 64
    assert len(tracks_of([link(number, MAX_OBSERVATIONS // 3) for number in range(5)])) == 3


def test_a_track_knows_its_largest_face() -> None:
    assert tracks_of([link(0, 3, side=90)])[0].largest_px == pytest.approx(90)
