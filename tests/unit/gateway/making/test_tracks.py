"""Face tracks as callers see them."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration

from gateway.making.tracks import MAX_OBSERVATIONS, shown_tracks
from telltale.common.v1 import faces_pb2


def track(track_id: int, observations: int) -> faces_pb2.FaceTrack:
    box = faces_pb2.NormalizedBox(x_max=1, y_max=1)
    seen = [faces_pb2.FaceObservation(time_offset=Duration(seconds=time), box=box) for time in range(observations)]
    return faces_pb2.FaceTrack(track_id=track_id, observations=seen)


def test_tracks_of_ordinary_length_are_shown_as_they_are() -> None:
    tracks = [track(0, 100), track(1, 1)]
    assert shown_tracks(tracks) == tracks


def test_long_tracks_are_thinned_evenly_from_their_first_to_their_last_moment() -> None:
    long, short = shown_tracks([track(0, MAX_OBSERVATIONS), track(3, 100)])
    assert (long.track_id, short.track_id) == (0, 3)
    assert len(long.observations) + len(short.observations) < MAX_OBSERVATIONS
    assert [seen.time_offset.seconds for seen in short.observations] == [*range(0, 100, 2), 99]
