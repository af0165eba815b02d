"""Writes a new version of the fusion model: photos and videos as they were, recordings as fitted and measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from colab_training.audio_fusion.measures import AS_THEY_ARE, SUFFIX, Measured, measures
from colab_training.audio_fusion.recordings import labels, log_odds_of
from colab_training.calibration import operating_point
from colab_training.card_text import notes_of
from colab_training.fusion_card import UNMEASURED_AUDIO, UNMEASURED_AUDIO_LIMIT, put, save
from colab_training.voice_spoof.figures import VAL
from fusion_svc.model import FusionModel, KindParameters, point_name, read_fusion_model
from kit.models.card import LoadedModel
from telltale.model.v1 import card_pb2

ABOUT = """Recordings: the same sum over the worst second or two. The weight of `voice_spoof` and the prior were fitted by
logistic regression on single recordings of split train, judged by judges that had heard neither speaker nor source nor, of
fakes, the system; as they are, and after rooms, noise and codecs. Thresholds come from the same recordings and from long
ones, strung together from short ones of one source and label: `audio_manipulated` at 1% and `audio_suspicious` at 5% of real ones
of each length, and of single ones of each source that has enough to tell; `audio_authentic` where 10% of fakes lie at or
below it; each of them as they are and damaged. The search discount is the one at which most fakes, short and long, are found. The
weight of `av_coherence` is set by hand, and small: no row below counts it. Rates of the operating points
come from single recordings of
split val as they are, on which nothing was fitted."""
LIMITS = (
    "Error rates of recordings hold for clean read speech of three seconds like that of the data; after a telephone or strong "
    "coding most fakes are missed: see the rows by codec.",
)


def write_model(
    base: LoadedModel,
    voice: card_pb2.ModelCard,
    audio: KindParameters,
    measured: Sequence[Measured],
    command: str,
    folder: Path,
) -> FusionModel:
    """Writes the folder and reads it back; `voice` is the card of the test behind the evidence, `measured` has split val last."""
    known = read_fusion_model(base).parameters
    parameters = known.model_copy(update={"kinds": {**known.kinds, "audio": audio}})
    card = card_pb2.ModelCard()
    card.CopyFrom(base.card)
    card.training_command = command
    others = [point for point in card.postprocessing.operating_points if not point.name.startswith("audio_")]
    put(card.postprocessing.operating_points, [*others, *_points(audio, measured[-1])])
    metrics = [metric for split in measured for metric in measures(split, audio)]
    put(card.metrics, [*(entry for entry in card.metrics if not entry.dataset.endswith(SUFFIX)), *metrics])
    data = [entry for entry in card.training_data if not entry.name.endswith(SUFFIX)]
    put(card.training_data, [*data, *map(_named, voice.training_data)])
    put(card.limits, [*(limit for limit in card.limits if limit not in (UNMEASURED_AUDIO_LIMIT, *LIMITS)), *LIMITS])
    about = notes_of(base.card, (base.folder / "CARD.md").read_text(encoding="utf-8"))
    return save(parameters, card, about.replace(UNMEASURED_AUDIO, ABOUT), folder)


def _points(audio: KindParameters, val: Measured) -> list[card_pb2.OperatingPoint]:
    chosen = [entry for entry in val.singles if not entry.damage]
    fake, log_odds = labels(chosen), log_odds_of(chosen, audio)
    return [
        operating_point(point_name("audio", label), threshold, fake, log_odds, f"recordings {AS_THEY_ARE}, split {VAL}")
        for label, threshold in audio.labels.model_dump().items()
    ]


def _named(data: card_pb2.TrainingData) -> card_pb2.TrainingData:
    return card_pb2.TrainingData(
        name=data.name + SUFFIX, licence=data.licence, manifest_sha256=data.manifest_sha256, items=data.items
    )
