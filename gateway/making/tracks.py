"""Face tracks as callers see them: enough to draw boxes on the playing video, and small enough for one message."""

from __future__ import annotations

from collections.abc import Sequence

from telltale.common.v1 import faces_pb2

MAX_OBSERVATIONS = 8_000
"""Of all tracks together, about 1.3 MB: a message of ours has 4 MiB at most. Detectors get all observations."""


def shown_tracks(tracks: Sequence[faces_pb2.FaceTrack]) -> list[faces_pb2.FaceTrack]:
    """The same tracks; where they hold too much, every second, third … observation of each, first and last included."""
    step = -(-sum(len(track.observations) for track in tracks) // MAX_OBSERVATIONS)
    return [_thinned(track, step) for track in tracks] if step > 1 else list(tracks)


def _thinned(track: faces_pb2.FaceTrack, step: int) -> faces_pb2.FaceTrack:
    seen = track.observations
    kept = seen[::step] if (len(seen) - 1) % step == 0 else [*seen[::step], seen[-1]]
    return faces_pb2.FaceTrack(track_id=track.track_id, observations=kept)
