"""Sound, mouths, models and cues for tests of the detector for sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from av_sync_svc.cues.cue import LipOpinion
from av_sync_svc.cues.voice_spoof import VoiceSpoofCue
from av_sync_svc.face_mesh import POINTS, FaceMesh
from av_sync_svc.hearing import RATE_HZ, Hearing
from av_sync_svc.mouths import Mouth
from kit.convert.evidence import abstention, finding
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.sound import SoundFacts, SoundPiece
from kit.media.spans import Span
from kit.media.video import CropPath, Crops
from kit.models.card import LoadedModel
from kit.models.runtime import Tensor
from telltale.av_sync.v1 import sound_pb2
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

WINDOW_S, HOP_S, MIN_S = 3.0, 1.5, 1.0


def a_piece(length_s: float, start_s: float = 0.0, level: float = 0.1) -> SoundPiece:
    """Noise."""
    samples = np.random.default_rng(7).normal(0, level, round(length_s * RATE_HZ)).clip(-1, 1)
    return SoundPiece(start_s, samples.astype(np.float32), RATE_HZ)


def facts_of(duration_s: float) -> SoundFacts:
    """Of a stereo recording."""
    return SoundFacts(duration_s, sample_rate_hz=44_100, channels=2, codec="mp3", truncated=False)


def a_hearing(length_s: float, *speech: Span, pieces: Sequence[SoundPiece] = ()) -> Hearing:
    """Noise of this length, or some pieces of it, with speech here and there."""
    heard = tuple(pieces) or (a_piece(length_s),)
    examined = tuple(Span(piece.start_s, piece.end_s) for piece in heard)
    return Hearing(facts_of(length_s), heard, speech, examined)


def a_model(name: str = "voice_spoof") -> LoadedModel:
    """A model that exists in memory alone: windows of 3 s, the identity as calibration."""
    card = card_pb2.ModelCard(name=name, version="1.0.0")
    card.postprocessing.calibration.CopyFrom(card_pb2.Calibration(slope=1, intercept=0, limit=3))
    card.sound_preprocessing.CopyFrom(
        card_pb2.SoundPreprocessing(sample_rate_hz=RATE_HZ, window_s=WINDOW_S, hop_s=HOP_S, min_s=MIN_S, level_dbfs=-26)
    )
    return LoadedModel(card=card, card_sha256="ab" * 32, folder=Path("nowhere"))


class CountingNetwork:
    """Answers how many windows it was shown before each; remembers what it was asked about at once."""

    def __init__(self, *, first: float = 0.0, step: float = 0.1) -> None:
        self.asked: list[Tensor] = []
        self._first = first
        self._step = step

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Logits that rise by `step` from `first` on."""
        before = sum(len(sound) for sound in self.asked)
        self.asked.append(inputs["sound"])
        numbers = before + np.arange(len(inputs["sound"]))
        return {"logit": (self._first + self._step * numbers).astype(np.float32)}


def a_voice_cue(network: CountingNetwork | None = None) -> VoiceSpoofCue:
    """The cue over a made-up network."""
    return VoiceSpoofCue(network or CountingNetwork(), a_model())


class FakeSoundReader:
    """A hum, as long as told; None: a video without sound. Remembers the spans that were asked for."""

    def __init__(self, duration_s: float | None, *, silent_from_s: float = np.inf) -> None:
        self.asked: list[Span] = []
        self.before_piece: Callable[[int], None] = lambda _: None
        self._duration_s = duration_s
        self._silent_from_s = silent_from_s

    def measure(self, media: MediaFile, cancel: CancelToken) -> SoundFacts | None:
        """Of the duration."""
        return None if self._duration_s is None else facts_of(self._duration_s)

    def read(self, media: MediaFile, spans: Sequence[Span], cancel: CancelToken) -> Iterator[SoundPiece]:
        """One piece a span, as far as the file can be read."""
        for number, span in enumerate(spans):
            self.before_piece(number)
            self.asked.append(span)
            if span.start_s < self._silent_from_s:
                level = np.float32(0.5 * span.start_s / (1 + span.start_s))
                yield SoundPiece(span.start_s, np.full(round(span.length_s * RATE_HZ), level), RATE_HZ)


class TalkingAllTheTime:
    """A speech finder that takes everything for speech, or nothing."""

    def __init__(self, *, speaks: bool = True) -> None:
        self.heard: list[float] = []
        self._speaks = speaks

    def find(self, piece: SoundPiece, cancel: CancelToken) -> list[Span]:
        """All of a piece."""
        cancel.raise_if_cancelled()
        self.heard.append(piece.start_s)
        return [Span(piece.start_s, piece.end_s)] if self._speaks else []


class StillFaces:
    """Cuts grey squares out of a video in which nothing happens; every face in it holds its mouth still."""

    def __init__(self) -> None:
        self.mesh = FaceMesh(self, a_model("face_landmarks"))
        self.asked: list[CropPath] = []
        self.looked = 0
        self.after_crops: Callable[[], None] = lambda: None

    def crops(self, media: MediaFile, paths: Sequence[CropPath], cancel: CancelToken | None) -> list[Crops]:
        """As many as asked for."""
        self.asked += paths
        self.after_crops()
        return [
            Crops(
                path.times_s,
                np.arange(len(path.times_s)),
                path.squares_px,
                np.full((len(path.times_s), 192, 192, 3), 128, dtype=np.uint8),
            )
            for path in paths
        ]

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The same points for every face."""
        count = len(inputs["face"])
        self.looked += count
        points = np.random.default_rng(5).normal(0, 30, (1, POINTS, 3)).astype(np.float32)
        return {"points": np.repeat(points, count, axis=0), "presence": np.ones(count, dtype=np.float32)}


class FixedLipCue:
    """A test of lips that finds everything in sync, and remembers what it was shown."""

    name = "lip_sync"

    def __init__(self) -> None:
        self.model = a_model("lip_sync")
        self.mouths: Sequence[Mouth] | None = None

    def examine(self, hearing: Hearing, mouths: Sequence[Mouth], cancel: CancelToken) -> LipOpinion:
        """One curve per person; without mouths it abstains."""
        self.mouths = mouths
        if not mouths:
            silent = evidence_pb2.ABSTENTION_REASON_NO_SPEECH
            return LipOpinion(abstention(self.name, silent, {}, model=self.model.reference), ())
        curves = tuple(sound_pb2.LipSyncCurve(track_id=number) for number in {mouth.track_id for mouth in mouths})
        return LipOpinion(finding(self.name, -1.0, 1.0, "lips_in_sync", {}, model=self.model.reference), curves)


class FixedCoherenceCue:
    """A test that finds no seam, and remembers what it was shown."""

    name = "av_coherence"

    def __init__(self) -> None:
        self.model = a_model("av_coherence")
        self.heard: list[Hearing] = []

    def examine(self, hearing: Hearing, cancel: CancelToken) -> evidence_pb2.Evidence:
        """A finding."""
        self.heard.append(hearing)
        return finding(self.name, -0.5, 1.0, "sound_seams_absent", {}, model=self.model.reference)
