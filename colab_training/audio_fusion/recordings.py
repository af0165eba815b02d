"""Recordings as fusion meets them: one window each, or strung together to long ones, with spans as `voice_spoof` gives them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from colab_training.audio_fusion.settings import AudioFusionSettings
from colab_training.metrics import Bools, Floats
from colab_training.voice_spoof.judgements import Judgement
from fusion_svc.fuse import weigh
from fusion_svc.model import KindParameters
from kit.convert.evidence import finding
from kit.convert.moments import Moment, spans
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import fusion_service_pb2

VOICE: Final = "voice_spoof"
WINDOW_S: Final = 3.0
HOP_S: Final = 1.5
# As the test says of how much speech it heard.
_ENOUGH_S: Final = 4.0


@dataclass(frozen=True, eq=False)
class Recording:
    """What is judged: one recording, or some of one source and label strung together."""

    source: str
    fake: bool
    split: str
    damage: str
    """"random", the name of a codec, or empty: as it is."""
    ratios: tuple[float, ...]
    """Log-likelihood ratios of its pieces of three seconds."""
    fake_piece: int | None = None
    """The only piece that is fake, where the others are real."""

    @property
    def length_s(self) -> float:
        """Seconds."""
        return WINDOW_S * len(self.ratios)

    @property
    def evidence(self) -> evidence_pb2.Evidence:
        """What `voice_spoof` would say: a window of three seconds every one and a half.

        A window that lies half on one piece and half on the next is given the mean of what is said of both.
        """
        halves = np.repeat(self.ratios, 2)
        moments = [
            Moment(None, HOP_S * n, HOP_S * n + WINDOW_S, float(halves[n : n + 2].mean()))
            for n in range(len(halves) - 1)
        ]
        quality = min(1.0, self.length_s / _ENOUGH_S)
        return finding(VOICE, max(self.ratios), quality, "voice_synthetic", {}, spans=spans(moments))

    @property
    def request(self) -> fusion_service_pb2.FuseRequest:
        """What fusion is asked."""
        media = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_AUDIO)
        media.duration.FromMilliseconds(round(1000 * self.length_s))
        return fusion_service_pb2.FuseRequest(media=media, evidence=[self.evidence])


def single(judgement: Judgement) -> Recording:
    """One recording by itself."""
    own = judgement
    return Recording(own.source, own.fake, own.split, own.damage, (own.log_likelihood_ratio,))


def strung(judgements: Sequence[Judgement], settings: AudioFusionSettings) -> list[Recording]:
    """Long recordings: of every source, label, split and damage as many of each length, where it has enough to string."""
    rng = np.random.default_rng(settings.seed)
    return [
        Recording(source, fake, split, damage, tuple(_drawn(files, length, rng)))
        for (source, fake, split, damage), files in _grouped(judgements).items()
        for length in settings.lengths
        if len(files) >= length
        for _ in range(settings.strings)
    ]


def spliced(judgements: Sequence[Judgement], settings: AudioFusionSettings) -> list[Recording]:
    """Long real recordings with one fake piece inside, of any source and the same split and damage."""
    rng = np.random.default_rng(settings.seed)
    grouped = _grouped(judgements)
    return [
        _spliced(Recording(source, True, split, damage, tuple(_drawn(files, length, rng))), fakes, rng)
        for (source, fake, split, damage), files in grouped.items()
        if not fake and (fakes := _fakes(grouped, split, damage))
        for length in settings.lengths
        if len(files) >= length
        for _ in range(settings.strings)
    ]


def log_odds_of(recordings: Sequence[Recording], parameters: KindParameters) -> Floats:
    """What fusion says of the recordings, (N,)."""
    return np.array([weigh([recording.evidence], parameters).log_odds for recording in recordings])


def labels(recordings: Sequence[Recording]) -> Bools:
    """Which recordings are fake, (N,)."""
    return np.array([recording.fake for recording in recordings], bool)


_Group = tuple[str, bool, str, str]


def _grouped(judgements: Sequence[Judgement]) -> Mapping[_Group, list[list[float]]]:
    """What was said of each recording of a group; of a damaged one as often as it was damaged."""
    files: dict[_Group, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for own in judgements:
        files[own.source, own.fake, own.split, own.damage][own.file].append(own.log_likelihood_ratio)
    return {group: list(of_file.values()) for group, of_file in sorted(files.items())}


def _fakes(grouped: Mapping[_Group, list[list[float]]], split: str, damage: str) -> list[list[float]]:
    return [said for (_, fake, *way), files in grouped.items() if fake and way == [split, damage] for said in files]


def _drawn(files: Sequence[Sequence[float]], length: int, rng: np.random.Generator) -> Iterator[float]:
    """No recording twice."""
    for place in rng.choice(len(files), length, replace=False):
        yield float(rng.choice(files[place]))


def _spliced(recording: Recording, fakes: Sequence[Sequence[float]], rng: np.random.Generator) -> Recording:
    place = int(rng.integers(len(recording.ratios)))
    ratios = list(recording.ratios)
    (ratios[place],) = _drawn(fakes, 1, rng)
    own = recording
    return Recording(own.source, True, own.split, own.damage, tuple(ratios), place)
