"""Frames, faces and readers for tests of what looks at videos."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

import av
import numpy as np

from kit.media.cancel import CancelToken
from kit.media.facts import Survey, VideoFacts
from kit.media.file import MediaFile
from kit.media.spans import Span
from kit.media.video import Frames
from kit.vision.faces import Face, Picture
from kit.vision.tracker import RATE_FPS, Look
from telltale.common.v1 import evidence_pb2
from tests.support.image import a_face, noisy_picture

LOOK_S = 1 / RATE_FPS

Faces = Callable[[float], Sequence[Face]]


def a_look(time_s: float, *faces: Face, numbers: Sequence[int] | None = None, stretch: int = 0) -> Look:
    """A look at a noisy frame of 256 by 256."""
    given = list(range(len(faces))) if numbers is None else list(numbers)
    return Look(time_s, stretch, noisy_picture(), list(faces), given)


class TimedFinder:
    """A face finder that tells the moment from a frame's top left pixel, as `FakeVideoReader` writes it there."""

    model = evidence_pb2.ModelReference(name="finder", version="1.0.0", card_sha256="cd" * 32)

    def __init__(self, faces: Faces) -> None:
        self._faces = faces

    def find(self, picture: Picture) -> list[Face]:
        """The faces of that moment."""
        return list(self._faces(int(picture[0, 0, 0]) * LOOK_S))

    def quick(self) -> TimedFinder:
        """One that misses faces smaller than 60 px."""
        return TimedFinder(lambda time_s: [face for face in self._faces(time_s) if face.longer_side_px >= 60])


class FakeVideoReader:
    """Noise of 256 by 256, as long as told, up to 40 s."""

    def __init__(self, duration_s: float, *, ends_early_s: float = np.inf) -> None:
        self.facts = VideoFacts(512, 512, duration_s, round(25 * duration_s), 25.0, False, 0, "h264", False, False)
        self.asked: list[Span] = []
        self._ends_early_s = ends_early_s

    def survey(self, media: MediaFile, cancel: CancelToken) -> Survey:
        """One thumbnail: a single shot."""
        return Survey(self.facts, (0.0,), np.zeros(1), np.zeros((1, 36, 64, 3), np.uint8))

    def frames(self, media: MediaFile, spans: Sequence[Span], cancel: CancelToken) -> Iterator[Frames]:
        """One batch a stretch."""
        self.asked += spans
        for index, span in enumerate(spans):
            cancel.raise_if_cancelled()
            numbers = [n for n in range(256) if span.start_s <= n * LOOK_S < min(span.end_s, self._ends_early_s) - 1e-9]
            if numbers:
                yield _frames(numbers, index)


def still(time_s: float) -> list[Face]:
    """One face that is always there and never moves."""
    return [a_face(side=128)]


def video_of(picture: Picture, frames: int) -> bytes:
    """An MP4 of 25 frames a second that shows one picture (H, W, 3), RGB, all the time."""
    file = io.BytesIO()
    with av.open(file, mode="w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "18", "preset": "ultrafast"})
        stream.height, stream.width = picture.shape[:2]
        stream.pix_fmt = "yuv420p"
        for _ in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


def _frames(numbers: Sequence[int], stretch: int) -> Frames:
    pictures = np.stack([noisy_picture()] * len(numbers))
    pictures[:, 0, 0, 0] = numbers
    return Frames(np.asarray(numbers) * LOOK_S, np.full(len(numbers), stretch), pictures)
