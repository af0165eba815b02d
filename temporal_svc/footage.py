"""What of a video is looked at: which faces, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from kit.convert.times import seconds
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.media.spans import Span
from kit.vision.clips import FaceClip, read_clips
from kit.vision.paths import FacePath, path_of
from telltale.image.v1 import image_service_pb2


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """The faces of a video, the one with most to see first, and the stretches in which they were looked for."""

    paths: tuple[FacePath, ...]
    examined: tuple[Span, ...]

    @property
    def examined_s(self) -> float:
        """Seconds that were looked at."""
        return sum(span.length_s for span in self.examined)

    def share_before(self, moment_s: float) -> float:
        """Share of the examined time, [0, 1], that lies before a moment."""
        before_s = sum(max(0.0, min(span.end_s, moment_s) - span.start_s) for span in self.examined)
        return min(1.0, before_s / self.examined_s) if before_s else 0.0


class ClipReader(Protocol):
    """Cuts clips out of a video."""

    def read(self, media: MediaFile, footage: Footage, cancel: CancelToken) -> Iterator[FaceClip]:
        """The clips along the faces, about in order of time. Raises UndecodableMedia, DecoderStopped, Cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class SandboxClipReader:
    """Cuts them out in the sandbox, under limits."""

    sandbox: Sandbox
    limits: MediaLimits

    def read(self, media: MediaFile, footage: Footage, cancel: CancelToken) -> Iterator[FaceClip]:
        """A few reads, each of many clips."""
        return read_clips(self.sandbox, media, self.limits, footage.paths, footage.examined, cancel=cancel)


def footage_of(tracks: image_service_pb2.FaceTracks, width_px: int, height_px: int) -> Footage:
    """Footage from faces as the contract has them, in a video of `width_px` by `height_px`. Raises InvalidRequest."""
    paths = tuple(path_of(track, width_px, height_px) for track in tracks.tracks)
    return Footage(paths, tuple(Span(seconds(each.start), seconds(each.end)) for each in tracks.examined))
