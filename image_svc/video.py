"""The detector for videos: follows the faces, judges them while frames pass by, and examines key frames.

It has never heard of gRPC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from image_svc.cues.cue import Cue
from image_svc.key_frames import KeyFrame, KeyFrames
from image_svc.opinion import face_evidence, key_frame_evidence, photos_only, stands_for
from image_svc.session import FaceJudge, FaceSession
from image_svc.timeline import Moment
from kit.clock import Clock
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.vision.faces import VideoFaceFinder
from kit.vision.tracks import Track
from kit.vision.watch import VideoReader, Watch, watch
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2

Event: TypeAlias = "media_pb2.Progress | image_service_pb2.FaceTracks | evidence_pb2.Evidence"

# Key frames are few; nearly all of the time goes into passing over the video.
_WATCHING_SHARE: Final = 0.9
_PROGRESS_STEP: Final = 0.02


@dataclass(frozen=True, slots=True)
class VideoCues:
    """The tests of stills, by what they do with a video."""

    face: FaceJudge
    """Judges every face about three times a second."""
    key_frames: Sequence[Cue]
    """Examine a few frames."""
    photos_only: Sequence[Cue]
    """Abstain."""


class VideoDetector:
    """Faces and evidence of one video."""

    def __init__(self, reader: VideoReader, finder: VideoFaceFinder, cues: VideoCues, clock: Clock) -> None:
        self._reader = reader
        self._finder = finder
        self._cues = cues
        self._clock = clock

    def analyze(self, media: MediaFile, depth: media_pb2.Depth.ValueType, cancel: CancelToken) -> Iterator[Event]:
        """The faces first, then one piece of evidence per cue, and progress all along. Raises what the reader raises."""
        yield media_pb2.Progress(done_share=0)
        watching = watch(self._reader, self._finder, media, depth, cancel)
        session, key_frames = FaceSession(self._cues.face, self._clock), KeyFrames()
        yield from self._watch(watching, session, key_frames, cancel)
        people = watching.people()
        yield watching.face_tracks(people)
        yield self._face_evidence(watching, session, people)
        chosen = key_frames.chosen([person.number for person in people])
        for cue in self._cues.key_frames:
            yield self._key_frame_evidence(cue, chosen, watching, people, cancel)
        yield from (photos_only(cue) for cue in self._cues.photos_only)

    def _watch(
        self, watching: Watch, session: FaceSession, key_frames: KeyFrames, cancel: CancelToken
    ) -> Iterator[media_pb2.Progress]:
        told = 0.0
        for look in watching.looks():
            cancel.raise_if_cancelled()
            session.show(look)
            key_frames.show(look)
            done = _WATCHING_SHARE * watching.done_share(look)
            if done >= told + _PROGRESS_STEP:
                told = done
                yield media_pb2.Progress(done_share=done)

    def _face_evidence(self, watching: Watch, session: FaceSession, people: Sequence[Track]) -> evidence_pb2.Evidence:
        moments = session.moments(_track_ids(people))
        largest_px = max((person.largest_px for person in people), default=0.0)
        evidence = face_evidence(self._cues.face, moments, watching.examined, watching.frame_px, largest_px)
        evidence.compute_time.FromMicroseconds(round(session.took_s * 1e6))
        return evidence

    def _key_frame_evidence(
        self,
        cue: Cue,
        chosen: Sequence[KeyFrame],
        watching: Watch,
        people: Sequence[Track],
        cancel: CancelToken,
    ) -> evidence_pb2.Evidence:
        started_s, track_ids = self._clock.monotonic_s(), _track_ids(people)
        judged = []
        for key_frame in chosen:
            cancel.raise_if_cancelled()
            found = cue.examine(key_frame.picture, [key_frame.face_in_picture])
            track_id = track_ids[key_frame.number]
            span = stands_for(watching.stretches[key_frame.stretch], people[track_id].times_s)
            judged.append((_moment(key_frame, track_id, found), span, found))
        evidence = key_frame_evidence(cue, judged, watching.frame_px)
        evidence.compute_time.FromMicroseconds(round((self._clock.monotonic_s() - started_s) * 1e6))
        return evidence


def _moment(key_frame: KeyFrame, track_id: int, found: evidence_pb2.Evidence) -> Moment:
    return Moment(track_id, key_frame.time_s, key_frame.face, found.finding.log_likelihood_ratio)


def _track_ids(people: Sequence[Track]) -> Mapping[int, int]:
    return {person.number: index for index, person in enumerate(people)}
