"""Labelled media of every kind: what methods learn from, and the split val that is only measured."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from colab_training.audio_fusion.recordings import VOICE, Recording, single
from colab_training.ensemble.clips import opinions, splits
from colab_training.ensemble.evidence import PictureEvidence
from colab_training.ensemble.pictures import measured_cues
from colab_training.ensemble.table import Table
from colab_training.ensemble.verdicts import Judged, Request, judged
from colab_training.video_fusion.clips import Clip
from colab_training.video_fusion.settings import VideoFusionSettings
from colab_training.voice_spoof.judgements import Judgement
from fusion_svc.model import KindParameters


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind: tables of opinions to learn from and of split val, and the split val as fusion is asked about it."""

    name: str
    learned: Table
    val: Table
    requests: Sequence[Request]
    parameters: KindParameters

    def judged(self, silenced: Collection[str] = ()) -> Judged:
        """Split val by the shipped fusion."""
        return judged(self.requests, self.val.fake, self.val.sources.tolist(), self.parameters, silenced)

    @property
    def weighed(self) -> list[str]:
        """Measured tests that weigh anything."""
        weights = {**self.parameters.weights}
        for pattern in self.parameters.patterns:
            weights.update({cue: max(own, weights[cue]) for cue, own in pattern.weights.items()})
        return [cue for cue in self.learned.cues if weights.get(cue)]


def pictures(evidence: PictureEvidence, parameters: KindParameters) -> Kind:
    """Photos."""
    cues = measured_cues(evidence.calibration.table)
    val = evidence.val
    return Kind("image", evidence.calibration.opinions(cues), val.opinions(cues), val.table, parameters)


def videos(clips: Sequence[Clip], settings: VideoFusionSettings, parameters: KindParameters) -> Kind:
    """Clips."""
    train, val = splits(clips, settings)
    cues = opinions(train).cues
    own = partial(opinions, cues=cues)
    return Kind("video", own(train), own(val), [clip.request for clip in val], parameters)


def recordings(judgements: Sequence[Judgement], parameters: KindParameters) -> Kind:
    """Single recordings as they are."""
    chosen = [own for own in judgements if not own.damage]
    train, val = ([own for own in chosen if own.split == split] for split in ("train", "val"))
    requests = [single(own).request for own in val]
    return Kind("audio", _voices(train), _voices(val), requests, parameters)


def _voices(judgements: Sequence[Judgement]) -> Table:
    singles: list[Recording] = [single(own) for own in judgements]
    ratios = np.array([[own.evidence.finding.quality * own.ratios[0]] for own in singles])
    names = {name: np.array([getattr(own, name) for own in judgements]) for name in ("source", "speaker", "fake")}
    return Table((VOICE,), ratios, names["fake"], names["source"], names["source"])
