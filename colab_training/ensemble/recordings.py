"""The section of recordings: fitted on what was said of recordings that no judge had heard, measured on split val."""

from __future__ import annotations

from collections.abc import Sequence

from colab_training.audio_fusion.card import section as card_section
from colab_training.audio_fusion.fitting import fit
from colab_training.audio_fusion.measures import Measured
from colab_training.audio_fusion.recordings import single, spliced, strung
from colab_training.audio_fusion.settings import AudioFusionSettings
from colab_training.ensemble.section import Section
from colab_training.voice_spoof.figures import TRAIN, VAL
from colab_training.voice_spoof.judgements import Judgement
from telltale.model.v1 import card_pb2


def section(judgements: Sequence[Judgement], settings: AudioFusionSettings, voice: card_pb2.ModelCard) -> Section:
    """Fits on split train and measures both splits. Raises what `fit` raises."""
    train, val = (
        _measured(name, [own for own in judgements if own.split == split], settings)
        for split, name in (("train", TRAIN), ("val", VAL))
    )
    return card_section(voice, fit(train.singles, train.long, settings), [train, val])


def _measured(name: str, judgements: Sequence[Judgement], settings: AudioFusionSettings) -> Measured:
    return Measured(name, [*map(single, judgements)], strung(judgements, settings), spliced(judgements, settings))
