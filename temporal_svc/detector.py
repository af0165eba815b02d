"""The detector for movement: clips along the faces, shown to every cue in batches. It has never heard of gRPC."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from kit.clock import Clock
from kit.errors import InvalidRequest, UnsupportedMediaKind
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.models.basis import basis
from kit.models.card import LoadedModel
from kit.vision.clips import FaceClip
from kit.vision.watch import Eyes
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2
from temporal_svc.cues.cue import Cue
from temporal_svc.footage import ClipReader, Footage, footage_of
from temporal_svc.opinion import Seen
from temporal_svc.session import Session
from temporal_svc.warm_up import noisy_clip

Event: TypeAlias = "media_pb2.Progress | evidence_pb2.Evidence"

_BATCH: Final = 16
# Finding faces costs about as much as looking at them.
_FINDING_SHARE: Final = 0.5


class TemporalDetector:
    """Evidence on the movement of faces in one video. Thread-safe."""

    def __init__(
        self,
        eyes: Eyes,
        clips: ClipReader,
        cues: Sequence[Cue],
        models: Sequence[LoadedModel],
        clock: Clock,
    ) -> None:
        self._eyes = eyes
        self._clips = clips
        self._cues = cues
        self._clock = clock
        self.models = models

    @property
    def basis(self) -> str:
        """By what it answers."""
        return basis("temporal_svc", self.models)

    def warm_up(self) -> None:
        """Runs all but the decoder once: the first caller must not pay for it, and a broken model must stop the start."""
        clip = noisy_clip()
        self._eyes.finder.find(clip.pixels[0])
        for cue in self._cues:
            cue.log_likelihood_ratios([clip])

    def analyze(
        self,
        media: MediaFile,
        info: media_pb2.MediaInfo,
        depth: media_pb2.Depth.ValueType,
        tracks: image_service_pb2.FaceTracks | None,
        cancel: CancelToken,
    ) -> Iterator[Event]:
        """Progress, then one piece of evidence per cue.

        Args:
            media: the file.
            info: what was announced about it.
            depth: how much of it to look at where faces must be found.
            tracks: its faces, where they are known.
            cancel: stops the work within a second.

        Raises:
            UnsupportedMediaKind: it is no video.
            InvalidRequest: tracks without the size of the picture.
            UndecodableMedia, TooManyPixels, DecoderStopped, Overloaded, SandboxUnavailable, Cancelled: from decoding.
        """
        if info.kind != media_pb2.MEDIA_KIND_VIDEO:
            raise UnsupportedMediaKind(f"{info.mime_type} does not move. Send a video.", mime_type=info.mime_type)
        yield media_pb2.Progress(done_share=0)
        if tracks is not None:
            yield from self._judge(media, _told(tracks, info), 0.0, cancel)
        else:
            footage = yield from self._look(media, depth, cancel)
            yield from self._judge(media, footage, _FINDING_SHARE, cancel)

    def _look(
        self, media: MediaFile, depth: media_pb2.Depth.ValueType, cancel: CancelToken
    ) -> Generator[Event, None, Footage]:
        """Finds the faces itself."""
        seen = self._eyes.watch(media, depth, cancel)
        for share in seen.shares(cancel):
            yield media_pb2.Progress(done_share=_FINDING_SHARE * share)
        return footage_of(seen.face_tracks(seen.people()), seen.facts.width_px, seen.facts.height_px)

    def _judge(self, media: MediaFile, footage: Footage, done_share: float, cancel: CancelToken) -> Iterator[Event]:
        sessions = [Session(cue, self._clock) for cue in self._cues]
        clips, largest_face_px, judged = 0, 0.0, 0.0
        for batch in _batches(self._clips.read(media, footage, cancel)):
            for session in sessions:
                cancel.raise_if_cancelled()
                session.show(batch)
            clips += len(batch)
            largest_face_px = max(largest_face_px, *(clip.face_px for clip in batch))
            judged = max(judged, footage.share_before(batch[-1].start_s))
            yield media_pb2.Progress(done_share=done_share + (1 - done_share) * judged)
        seen = Seen(len(footage.paths), clips, largest_face_px, footage.examined_s)
        yield from (session.evidence(seen) for session in sessions)


def _batches(clips: Iterable[FaceClip]) -> Iterator[list[FaceClip]]:
    remaining = iter(clips)
    while batch := list(itertools.islice(remaining, _BATCH)):
        yield batch


def _told(tracks: image_service_pb2.FaceTracks, info: media_pb2.MediaInfo) -> Footage:
    if not info.width_px or not info.height_px:
        raise InvalidRequest("face tracks are shares of the picture's size; put width_px and height_px into the header")
    return footage_of(tracks, info.width_px, info.height_px)
