from __future__ import annotations

import numpy as np
import pytest

from kit.errors import InvalidRequest
from kit.media.spans import Span
from telltale.image.v1 import image_service_pb2
from temporal_svc.footage import Footage, footage_of
from tests.support.temporal import a_path, tracks


def test_tracks_become_paths_in_pixels_of_the_video() -> None:
    path = a_path(0, 3, speed_px_s=20)
    footage = footage_of(tracks(path, 640, 360, examined_s=3), 640, 360)
    assert np.allclose(footage.paths[0].boxes_px, path.boxes_px, atol=0.01)
    assert np.allclose(footage.paths[0].landmarks_px, path.landmarks_px, atol=0.01)
    assert np.allclose(footage.paths[0].times_s, path.times_s, atol=1e-5)
    assert footage.examined == (Span(0, 3),)


def test_a_track_without_landmarks_is_refused() -> None:
    message = tracks(a_path(), 640, 360, examined_s=3)
    del message.tracks[0].observations[0].landmarks[:]
    with pytest.raises(InvalidRequest, match="landmarks"):
        footage_of(message, 640, 360)


def test_the_share_counts_only_what_was_examined() -> None:
    footage = Footage((), (Span(0, 2), Span(10, 12)))
    assert footage.examined_s == 4
    assert [footage.share_before(moment_s) for moment_s in (0, 1, 5, 11, 20)] == [0, 0.25, 0.5, 0.75, 1]


def test_where_nothing_was_examined_nothing_is_done() -> None:
    assert footage_of(image_service_pb2.FaceTracks(), 640, 360).share_before(3) == 0
