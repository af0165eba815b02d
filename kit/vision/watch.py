"""Looks at a video as far as its depth says, and finds out who is in it and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kit.convert.times import time_range
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sampling import stretches_of
from kit.media.sandbox import Sandbox
from kit.media.shots import shots_of
from kit.media.spans import Span
from kit.media.video import Frames, Survey, VideoFacts, read_frames, survey_video
from kit.vision.faces import VideoFaceFinder
from kit.vision.tracker import MAX_SIDE_PX, RATE_FPS, FaceTracker, Look
from kit.vision.tracks import Track, tracks_of_video
from telltale.common.v1 import media_pb2
from telltale.image.v1 import image_service_pb2


class VideoReader(Protocol):
    """Turns a file into frames."""

    def survey(self, media: MediaFile, cancel: CancelToken) -> Survey:
        """What there is. Raises UndecodableMedia, TooManyPixels, DecoderStopped, Cancelled."""
        ...

    def frames(self, media: MediaFile, spans: Sequence[Span], cancel: CancelToken) -> Iterator[Frames]:
        """The frames of some stretches, in order of time. Raises the same."""
        ...


@dataclass(frozen=True, slots=True)
class SandboxVideoReader:
    """Reads in the sandbox, under limits, as many frames as it takes to follow faces."""

    sandbox: Sandbox
    limits: MediaLimits

    def survey(self, media: MediaFile, cancel: CancelToken) -> Survey:
        """All packets' times and thumbnails of some key frames."""
        return survey_video(self.sandbox, media, self.limits, cancel=cancel)

    def frames(self, media: MediaFile, spans: Sequence[Span], cancel: CancelToken) -> Iterator[Frames]:
        """RATE_FPS frames a second, their longer side at most MAX_SIDE_PX."""
        return read_frames(
            self.sandbox, media, self.limits, spans, rate_fps=RATE_FPS, max_side_px=MAX_SIDE_PX, cancel=cancel
        )


@dataclass(frozen=True, slots=True)
class Eyes:
    """What it takes to find the faces of a video where nobody tells them."""

    reader: VideoReader
    finder: VideoFaceFinder

    def watch(self, media: MediaFile, depth: media_pb2.Depth.ValueType, cancel: CancelToken) -> Watch:
        """Surveys a video and gets ready to look at it. Raises what the reader raises."""
        return watch(self.reader, self.finder, media, depth, cancel)


@dataclass(slots=True, eq=False)
class Watch:
    """One look at one video: first iterate over `looks`, then ask for the people."""

    facts: VideoFacts
    stretches: Sequence[Span]
    """What is to be looked at, in order of time."""
    _tracker: FaceTracker
    _frames: Iterator[Frames]
    _finder: VideoFaceFinder
    frame_px: tuple[int, int] = (1, 1)
    """Width and height of the frames, once the first was looked at."""
    _reached: set[int] = field(default_factory=set)

    def looks(self) -> Iterator[Look]:
        """Every frame with its faces, in order of time. Raises what the reader raises."""
        for look in self._tracker.look(self._frames):
            self.frame_px = (look.picture.shape[1], look.picture.shape[0])
            self._reached.add(look.stretch)
            yield look

    def shares(self, cancel: CancelToken) -> Iterator[float]:
        """Looks at everything; the share, [0, 1], that is over at the beginning of each stretch but the first.

        Raises Cancelled, and what the reader raises.
        """
        stretch = 0
        for look in self.looks():
            cancel.raise_if_cancelled()
            if look.stretch != stretch:
                yield self.done_share(look)
            stretch = look.stretch

    def done_share(self, look: Look) -> float:
        """Share of the looks, [0, 1], that is over with this one."""
        whole_s = sum(span.length_s for span in self.stretches)
        before_s = sum(span.length_s for span in self.stretches[: look.stretch])
        return min(1.0, (before_s + look.time_s - self.stretches[look.stretch].start_s) / whole_s)

    @property
    def examined(self) -> list[Span]:
        """The stretches that were reached; a damaged file may end before the last."""
        return [span for index, span in enumerate(self.stretches) if index in self._reached]

    def people(self) -> list[Track]:
        """Everybody found, the one with most to see first: their places are their track ids."""
        return self._tracker.tracks()

    def face_tracks(self, people: Sequence[Track]) -> image_service_pb2.FaceTracks:
        """The same as a message."""
        return image_service_pb2.FaceTracks(
            tracks=tracks_of_video(people, self.frame_px, self.facts.width_px),
            model=self._finder.model,
            examined=[time_range(span) for span in self.examined],
        )


def watch(
    reader: VideoReader,
    finder: VideoFaceFinder,
    media: MediaFile,
    depth: media_pb2.Depth.ValueType,
    cancel: CancelToken,
) -> Watch:
    """Surveys a video and gets ready to look at it. Raises what the reader raises."""
    survey = reader.survey(media, cancel)
    stretches = stretches_of(survey.facts, shots_of(survey), depth)
    return Watch(survey.facts, stretches, FaceTracker(finder), reader.frames(media, stretches, cancel), finder)
