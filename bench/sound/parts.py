"""Seconds of each part of the work of av_sync_svc on one file, in this process, one part after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from av_sync_svc.face_mesh import FaceMesh
from av_sync_svc.hearing import Hearing, SpeechFinder, listen
from av_sync_svc.mouths import MouthReader, read_mouths
from av_sync_svc.soundtrack import soundtrack_of
from bench.sound.tools import FaceSight, Tools
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.sound import SoundPiece
from kit.media.spans import Span
from kit.media.video import CropPath, Crops
from telltale.common.v1 import media_pb2

DECODE, SPEECH, MAP, VOICE, SEAMS = "decode sound", "speech search", "log-mel map", "voice", "seams"
CROPS, MESH, LIPS = "cut out faces", "mesh", "lips"
VOICE_PARTS = (DECODE, SPEECH, MAP, VOICE)
"""What has to be over before the voice's evidence is out."""
LIP_PARTS = (CROPS, MESH, LIPS)
"""What the lips take once sound and faces are known."""

Answer = TypeVar("Answer")


@dataclass
class Stopwatch:
    """Adds up seconds by part. Time of a part that is done within another one is that of the inner one alone."""

    clock_s: Callable[[], float] = time.perf_counter
    taken_s: dict[str, float] = field(default_factory=dict)

    def time(self, part: str, work: Callable[[], Answer]) -> Answer:
        """Does some of a part."""
        started_s, others_s = self.clock_s(), sum(self.taken_s.values())
        done = work()
        inside_s = sum(self.taken_s.values()) - others_s
        self.taken_s[part] = self.taken_s.get(part, 0.0) + self.clock_s() - started_s - inside_s
        return done


def timed_parts(tools: Tools, file: bytes, faces: FaceSight | None) -> dict[str, float]:
    """Seconds by part; those of the lips only where `faces` are given. Raises ValueError where there is no speech."""
    watch, cancel = Stopwatch(), CancelToken()
    with MediaFile.from_bytes(file) as media:
        hearing = _heard(tools, media, watch, cancel)
        watch.time(MAP, lambda: soundtrack_of(hearing))
        watch.time(VOICE, lambda: tools.cues.voice.examine(hearing, cancel))
        watch.time(SEAMS, lambda: tools.cues.coherence.examine(hearing, cancel))
        if faces is not None:
            _lips(tools, media, hearing, faces, watch)
    return watch.taken_s


def _heard(tools: Tools, media: MediaFile, watch: Stopwatch, cancel: CancelToken) -> Hearing:
    finder = _TimedFinder(tools.ears.finder, watch)

    def heard() -> Hearing | None:
        listening = listen(tools.ears.reader, finder, media, media_pb2.DEPTH_STANDARD, cancel)
        if listening is None:
            return None
        for _ in listening.shares(cancel):
            pass
        return listening.hearing(cancel)

    hearing = watch.time(DECODE, heard)
    if hearing is None or not hearing.speech:
        raise ValueError("nobody is heard speaking; name a clip in which somebody does")
    return hearing


def _lips(tools: Tools, media: MediaFile, hearing: Hearing, faces: FaceSight, watch: Stopwatch) -> None:
    cancel, reader = CancelToken(), _TimedMouths(tools.mouths, watch)
    seen = (faces.tracks, faces.width_px, faces.height_px)
    mouths = watch.time(MESH, lambda: list(read_mouths(reader, media, *seen, hearing.speech, cancel)))
    watch.time(LIPS, lambda: tools.cues.lips.examine(hearing, mouths, cancel))


@dataclass(frozen=True)
class _TimedFinder:
    finder: SpeechFinder
    watch: Stopwatch

    def find(self, piece: SoundPiece, cancel: CancelToken) -> list[Span]:
        return self.watch.time(SPEECH, lambda: self.finder.find(piece, cancel))


@dataclass(frozen=True)
class _TimedMouths:
    reader: MouthReader
    watch: Stopwatch

    @property
    def mesh(self) -> FaceMesh:
        return self.reader.mesh

    def crops(self, media: MediaFile, paths: Sequence[CropPath], cancel: CancelToken | None) -> list[Crops]:
        return self.watch.time(CROPS, lambda: self.reader.crops(media, paths, cancel))
