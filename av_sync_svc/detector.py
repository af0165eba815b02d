"""The detector for sound: what is heard first, the lips as soon as the faces are known. It has never heard of gRPC."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from av_sync_svc.cues.cue import CoherenceCue, Cue, LipCue
from av_sync_svc.cues.voice_spoof import VoiceSpoofCue
from av_sync_svc.hearing import Hearing, SoundReader, SpeechFinder, listen
from av_sync_svc.mouths import Mouth, MouthReader, read_mouths
from av_sync_svc.opinion import no_face, no_picture, no_sound
from av_sync_svc.session import Stopwatch, VoiceSession
from av_sync_svc.soundtrack import soundtrack_of
from av_sync_svc.warm_up import noisy_hearing, noisy_mouth, noisy_picture
from kit.clock import Clock
from kit.errors import InvalidRequest, UnsupportedMediaKind
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.models.basis import basis
from kit.models.card import LoadedModel
from kit.vision.watch import Eyes
from telltale.av_sync.v1 import sound_pb2
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2

Event: TypeAlias = "media_pb2.Progress | sound_pb2.Soundtrack | sound_pb2.LipSyncCurve | evidence_pb2.Evidence"
LateTracks: TypeAlias = "Callable[[], image_service_pb2.FaceTracks | None]"

# Shares of the work that are done when the sound was listened to, the voice judged, the faces known, the mouths read.
_HEARD: Final = 0.1
_VOICE: Final = 0.4
_FACES: Final = 0.6
_MOUTHS: Final = 0.9


@dataclass(frozen=True, slots=True)
class Ears:
    """What it takes to hear."""

    reader: SoundReader
    finder: SpeechFinder


@dataclass(frozen=True, slots=True)
class Cues:
    """All tests."""

    voice: VoiceSpoofCue
    lips: LipCue
    coherence: CoherenceCue

    @property
    def all(self) -> list[Cue]:
        """Every one."""
        return [self.voice, self.lips, self.coherence]


@dataclass(frozen=True, slots=True)
class _Call:
    """What one caller asks."""

    media: MediaFile
    info: media_pb2.MediaInfo
    depth: media_pb2.Depth.ValueType
    late_tracks: LateTracks
    cancel: CancelToken


@dataclass(frozen=True, slots=True, eq=False)
class _Faces:
    """Who is in view, in a video of this size."""

    tracks: image_service_pb2.FaceTracks
    width_px: int
    height_px: int


class AvSyncDetector:
    """Evidence on the sound of one recording or video. Thread-safe."""

    def __init__(
        self, ears: Ears, eyes: Eyes, mouths: MouthReader, cues: Cues, models: Sequence[LoadedModel], clock: Clock
    ) -> None:
        self._ears = ears
        self._eyes = eyes
        self._mouths = mouths
        self._cues = cues
        self._clock = clock
        self.models = models

    @property
    def basis(self) -> str:
        """By what it answers."""
        return basis("av_sync_svc", self.models)

    def warm_up(self) -> None:
        """Runs all but the decoder once: the first caller must not pay for it, and a broken model must stop the start."""
        hearing, mouths, cancel = noisy_hearing(), [noisy_mouth()], CancelToken()
        self._ears.finder.find(hearing.pieces[0], cancel)
        self._eyes.finder.find(noisy_picture())
        self._mouths.mesh.points(noisy_picture()[None])
        self._cues.voice.examine(hearing, cancel)
        self._cues.lips.examine(hearing, mouths, cancel)
        self._cues.coherence.examine(hearing, cancel)

    def analyze(
        self,
        media: MediaFile,
        info: media_pb2.MediaInfo,
        depth: media_pb2.Depth.ValueType,
        late_tracks: LateTracks,
        cancel: CancelToken,
    ) -> Iterator[Event]:
        """Progress, what there is to hear, then one piece of evidence per cue, that of the lips last.

        Args:
            media: the file.
            info: what was announced about it.
            depth: how much of it to listen to, and to look at where faces must be found.
            late_tracks: waits until the faces of a video are known, or it is certain that nobody will tell them (None). Asked
                once, and only when they are needed.
            cancel: stops the work within a second.

        Raises:
            UnsupportedMediaKind: it is a still.
            InvalidRequest: tracks without the size of the picture.
            UndecodableMedia, TooManyPixels, DecoderStopped, Overloaded, SandboxUnavailable, Cancelled: from decoding.
        """
        if info.kind not in (media_pb2.MEDIA_KIND_VIDEO, media_pb2.MEDIA_KIND_AUDIO):
            raise UnsupportedMediaKind(
                f"{info.mime_type} has no sound. Send a recording or a video.", mime_type=info.mime_type
            )
        yield media_pb2.Progress(done_share=0)
        listening = listen(self._ears.reader, self._ears.finder, media, depth, cancel)
        if listening is None:
            yield from (no_sound(cue) for cue in self._cues.all)
            return
        for share in listening.shares(cancel):
            yield media_pb2.Progress(done_share=_HEARD * share)
        hearing = listening.hearing(cancel)
        yield soundtrack_of(hearing)
        yield from self._judge_voice(hearing, cancel)
        yield self._judge_coherence(hearing, cancel)
        yield from self._judge_lips(_Call(media, info, depth, late_tracks, cancel), hearing)

    def _judge_voice(self, hearing: Hearing, cancel: CancelToken) -> Iterator[Event]:
        session = VoiceSession(self._cues.voice, hearing, self._clock)
        for share in session.shares(cancel):
            yield media_pb2.Progress(done_share=_HEARD + (_VOICE - _HEARD) * share)
        yield session.evidence()

    def _judge_coherence(self, hearing: Hearing, cancel: CancelToken) -> evidence_pb2.Evidence:
        watch = Stopwatch(self._clock)
        return watch.stamp(watch.time(lambda: self._cues.coherence.examine(hearing, cancel)))

    def _judge_lips(self, call: _Call, hearing: Hearing) -> Iterator[Event]:
        if call.info.kind == media_pb2.MEDIA_KIND_AUDIO:
            yield no_picture(self._cues.lips)
            return
        watch = Stopwatch(self._clock)
        mouths: list[Mouth] = []
        # Where nobody speaks for long enough there is nothing that lips could fit, and nobody needs to wait for the faces.
        if hearing.speech_s >= self._cues.lips.model.card.sound_preprocessing.min_s:
            faces = yield from self._find_faces(call)
            yield media_pb2.Progress(done_share=_FACES)
            if not faces.tracks.tracks:
                yield no_face(self._cues.lips)
                return
            mouths = watch.time(lambda: self._read_mouths(call, faces, hearing))
            yield media_pb2.Progress(done_share=_MOUTHS)
        opinion = watch.time(lambda: self._cues.lips.examine(hearing, mouths, call.cancel))
        yield from opinion.curves
        yield watch.stamp(opinion.evidence)

    def _find_faces(self, call: _Call) -> Generator[Event, None, _Faces]:
        """Those that are told, late as it may be; where nobody tells them it finds them itself."""
        tracks = call.late_tracks()
        if tracks is not None:
            return _told(tracks, call.info)
        seen = self._eyes.watch(call.media, call.depth, call.cancel)
        for share in seen.shares(call.cancel):
            yield media_pb2.Progress(done_share=_VOICE + (_FACES - _VOICE) * share)
        return _Faces(seen.face_tracks(seen.people()), seen.facts.width_px, seen.facts.height_px)

    def _read_mouths(self, call: _Call, faces: _Faces, hearing: Hearing) -> list[Mouth]:
        size_px = (faces.width_px, faces.height_px)
        return list(read_mouths(self._mouths, call.media, faces.tracks, *size_px, hearing.speech, call.cancel))


def _told(tracks: image_service_pb2.FaceTracks, info: media_pb2.MediaInfo) -> _Faces:
    if not info.width_px or not info.height_px:
        raise InvalidRequest("face tracks are shares of the picture's size; put width_px and height_px into the header")
    return _Faces(tracks, info.width_px, info.height_px)
