"""What the card of fusion says of recordings."""

from __future__ import annotations

from collections.abc import Sequence

from colab_training.audio_fusion.fitting import promised
from colab_training.audio_fusion.measures import AS_THEY_ARE, SUFFIX, Measured, measures
from colab_training.audio_fusion.recordings import labels, log_odds_of
from colab_training.calibration import operating_point
from colab_training.ensemble.section import Section
from colab_training.voice_spoof.figures import VAL
from fusion_svc.model import KindParameters, point_name
from telltale.model.v1 import card_pb2

ABOUT = """Recordings: the same sum over the worst second or two. The weight of `voice_spoof` and the prior were fitted by
logistic regression on single recordings of split train, judged by judges that had heard neither speaker nor source nor, of
fakes, the system; as they are, and after rooms, noise and codecs. Thresholds come from the same recordings and from long ones,
strung together from short ones of one source and label: what is promised to each source of single recordings as they are, and
`audio_manipulated` at 1% and `audio_suspicious` at 5% of real ones of each length, as they are and damaged; `audio_authentic`
where 10% of fakes lie at or below it. The search discount is the one at which most fakes, short and long, are found. The
weight of `av_coherence` is set by hand, and small: no row below counts it. Rates of the operating points come from single
recordings of split val as they are, on which nothing was fitted."""
LIMITS = (
    "Error rates of recordings hold for clean read speech of three seconds like that of the data; after a telephone or strong "
    "coding most fakes are missed: see the rows by codec.",
)


def section(voice: card_pb2.ModelCard, audio: KindParameters, measured: Sequence[Measured]) -> Section:
    """What the card says; `voice` is the card of the test behind the evidence, `measured` has split train first and val last."""
    train = [*measured[0].singles, *measured[0].long]
    return Section(
        kind="audio",
        parameters=audio,
        points=_points(audio, measured[-1]),
        metrics=[row for split in measured for row in measures(split, audio)],
        data=[_named(entry) for entry in voice.training_data],
        about=ABOUT,
        limits=LIMITS,
        promises=promised(train, log_odds_of(train, audio)),
    )


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
