from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from av_sync_svc.face_mesh import FaceMesh
from av_sync_svc.mouths import MARGIN_S, MOUTH_POINTS, Mouth, Times, mouths_along, read_mouths
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.spans import Span
from kit.media.video import CropPath, Crops
from kit.models.runtime import Tensor
from tests.support.av_sync import StillFaces, a_model
from tests.support.temporal import a_path, tracks


class ChangingFaces(StillFaces):
    """Faces whose points all grow with the brightness of a picture; black pictures hold none."""

    def __init__(self) -> None:
        super().__init__()
        self.mesh = FaceMesh(self, a_model("face_landmarks"))
        self.shown: Callable[[Times], Times] = lambda times_s: np.full(len(times_s), 100.0)
        self.frame_s = 0.04

    def crops(self, media: MediaFile, paths: Sequence[CropPath], cancel: CancelToken | None) -> list[Crops]:
        """From a video of one frame every `frame_s`; `shown` says how bright each is."""
        found = super().crops(media, paths, cancel)
        times = [np.round(crops.times_s / self.frame_s) * self.frame_s for crops in found]
        pixels = [np.broadcast_to(self.shown(t)[:, None, None, None], (len(t), 192, 192, 3)) for t in times]
        return [
            dataclasses.replace(crops, times_s=t, pixels=p.astype(np.uint8))
            for crops, t, p in zip(found, times, pixels, strict=True)
        ]

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The lower inner lip falls as pictures brighten."""
        found = super().run(inputs)
        bright = inputs["face"].mean(axis=(1, 2, 3))
        points = found["points"].reshape(len(bright), -1, 3)
        points[:, 14, 1] += 100 * bright
        return {"points": points, "presence": np.where(bright > 0, 1, -1).astype(np.float32)}


@pytest.fixture
def media() -> MediaFile:
    return MediaFile.from_bytes(b"nothing reads this")


def read(faces: StillFaces, media: MediaFile, *spans: Span, end_s: float = 10.0) -> list[Mouth]:
    return list(mouths_along(faces, media, [a_path(0, end_s)], spans))


def test_a_mouth_is_looked_at_25_times_a_second_in_and_around_speech(media: MediaFile) -> None:
    (mouth,) = read(StillFaces(), media, Span(3.0, 5.0))
    assert mouth.times_s[0] == pytest.approx(3.0 - MARGIN_S)
    assert mouth.times_s[-1] == pytest.approx(5.0 + MARGIN_S)
    np.testing.assert_allclose(np.diff(mouth.times_s), 0.04)
    assert mouth.points.shape == (len(mouth.times_s), len(MOUTH_POINTS), 3)


def test_nothing_is_read_where_nobody_speaks(media: MediaFile) -> None:
    faces = StillFaces()
    assert read(faces, media) == []
    assert faces.asked == []


def test_stretches_of_speech_that_nearly_touch_are_one_stretch(media: MediaFile) -> None:
    assert len(read(StillFaces(), media, Span(1.0, 2.0), Span(2.5, 4.0))) == 1


def test_a_long_stretch_is_read_in_pieces_and_stays_one_mouth(media: MediaFile) -> None:
    faces = StillFaces()
    (mouth,) = read(faces, media, Span(1.0, 28.0), end_s=30)
    assert len(faces.asked) > 1
    np.testing.assert_allclose(np.diff(mouth.times_s), 0.04)


def test_a_face_that_goes_and_comes_back_is_two_mouths(media: MediaFile) -> None:
    faces = ChangingFaces()
    faces.shown = lambda times_s: np.where((times_s > 2) & (times_s < 3), 0.0, 100.0)
    first, second = read(faces, media, Span(0.0, 5.0))
    assert first.times_s[-1] == pytest.approx(2.0)
    assert second.times_s[0] == pytest.approx(3.0)


def test_a_single_frame_without_a_face_is_bridged(media: MediaFile) -> None:
    faces = ChangingFaces()
    faces.shown = lambda times_s: np.where(np.abs(times_s - 2) < 0.01, 0.0, 100.0)
    assert len(read(faces, media, Span(0.0, 5.0))) == 1


def test_openness_follows_the_lower_lip(media: MediaFile) -> None:
    faces = ChangingFaces()
    faces.shown = lambda times_s: 120 + 60 * np.sin(3 * times_s)
    (mouth,) = read(faces, media, Span(1.0, 5.0))
    correlation = np.corrcoef(mouth.points[:, MOUTH_POINTS.index(14), 1], np.sin(3 * mouth.times_s))[0, 1]
    assert abs(correlation) > 0.99
    assert mouth.openness.std() > 0.01


def test_a_slow_video_is_interpolated_between_its_frames(media: MediaFile) -> None:
    faces = ChangingFaces()
    faces.frame_s, faces.shown = 0.1, lambda times_s: 40 + 20 * times_s
    (mouth,) = read(faces, media, Span(1.0, 5.0))
    steps = np.diff(mouth.points[:, MOUTH_POINTS.index(14), 1])
    assert steps.std() < 0.2 * abs(steps.mean())


def test_tracks_of_the_contract_give_the_same_mouths(media: MediaFile) -> None:
    message = tracks(a_path(0, 5, side_px=120), 640, 360, examined_s=5)
    (mouth,) = read_mouths(StillFaces(), media, message, 640, 360, [Span(1.0, 3.0)])
    assert (mouth.track_id, round(mouth.face_px)) == (0, 120)
