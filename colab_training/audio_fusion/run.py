"""From what was said of recordings to a fusion model with a measured section for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from colab_training.audio_fusion.card import write_model
from colab_training.audio_fusion.fitting import fit
from colab_training.audio_fusion.measures import Measured
from colab_training.audio_fusion.recordings import single, spliced, strung
from colab_training.audio_fusion.settings import AudioFusionSettings
from colab_training.voice_spoof.figures import TRAIN, VAL
from colab_training.voice_spoof.judgements import Judgement
from fusion_svc.model import FusionModel
from kit.models.card import LoadedModel
from telltale.model.v1 import card_pb2


def run(
    judgements: Sequence[Judgement],
    settings: AudioFusionSettings,
    base: LoadedModel,
    voice: card_pb2.ModelCard,
    command: str,
    folder: Path,
) -> FusionModel:
    """Fits on split train, measures both splits, writes `folder` and prints what came out. Raises what `fit` raises."""
    train, val = (
        _measured(name, [own for own in judgements if own.split == split], settings)
        for split, name in (("train", TRAIN), ("val", VAL))
    )
    audio = fit(train.singles, train.long, settings)
    print("recordings:", audio)
    model = write_model(base, voice, audio, [train, val], command, folder)
    print((folder / "CARD.md").read_text(encoding="utf-8"))
    return model


def _measured(name: str, judgements: Sequence[Judgement], settings: AudioFusionSettings) -> Measured:
    return Measured(name, [*map(single, judgements)], strung(judgements, settings), spliced(judgements, settings))
