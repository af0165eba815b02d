"""Writes a new version of the fusion model: photos and sound as they were, videos as fitted and measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from colab_training.calibration import operating_point
from colab_training.card_text import notes_of
from colab_training.evaluation import calibration_error
from colab_training.fusion_card import UNMEASURED_LIMIT, UNMEASURED_VIDEO, put, save
from colab_training.metrics import Bools, Estimate, Floats, auc, bootstrap
from colab_training.video_fusion.clips import Clip, labels
from colab_training.video_fusion.left_out import by_name
from fusion_svc.model import FusionModel, KindParameters, point_name, read_fusion_model
from kit.models.card import LoadedModel
from telltale.model.v1 import card_pb2

LEFT_OUT = "leave one source out"
ABOUT = """Videos: the same sum over the worst second or two, on the person whom the tests suspect most; the prior pays for the
search. Weights and the prior were fitted in turns with where that stretch lies, by logistic regression with an L2 penalty, none
negative, both classes alike and every source of a class alike; those of the tests of sound were set by hand, because
fitting them gained nothing on sources left out, and they count only where they speak for manipulation: most fakes speak with
the voice of a person, in sync.
Thresholds come from log-odds of clips whose source, and every
clip that shares footage with it, the weights had not seen, and so do their rates and the split "leave one source out"; the tests
themselves may have learned from some of these sources (see their cards). The rule of `video_authentic` holds at or *below* its
threshold."""
LIMITS = ("Error rates of videos hold for clips like those of the data; of few clips the bounds are wide.",)
_SUFFIX = " (videos)"


@dataclass(frozen=True, eq=False)
class Measured:
    """Clips of one split with their log-odds (N,)."""

    split: str
    clips: Sequence[Clip]
    log_odds: Floats


@dataclass(frozen=True)
class Source:
    """Where the numbers come from: the command, the evidence it read, and the licence or terms of each source of clips."""

    command: str
    evidence_sha256: str
    terms: Mapping[str, str]


def measures(measured: Measured) -> list[card_pb2.Metric]:
    """AUC over all, by source and by kind of fake, and calibration error over all, each with its 95% interval."""
    fake = labels(measured.clips)
    parts: Mapping[str, Bools] = by_name(measured.clips) if 0 < fake.sum() < fake.size else {}
    areas = [
        _metric("auc", name, measured.split, bootstrap(auc, fake[chosen], measured.log_odds[chosen]))
        for name, chosen in parts.items()
    ]
    gaps = bootstrap(calibration_error, fake, measured.log_odds, rounds=200)
    return [*areas, _metric("ece", "all", measured.split, gaps)]


def write_model(
    base: LoadedModel,
    video: KindParameters,
    left_out: Measured,
    more: Sequence[Measured],
    source: Source,
    folder: Path,
) -> FusionModel:
    """Writes the folder and reads it back; `left_out` is what the fit learned from, judged without its source."""
    known = read_fusion_model(base).parameters
    parameters = known.model_copy(update={"kinds": {**known.kinds, "video": video}})
    card = card_pb2.ModelCard()
    card.CopyFrom(base.card)
    card.training_command = source.command
    others = [point for point in card.postprocessing.operating_points if not point.name.startswith("video_")]
    put(card.postprocessing.operating_points, [*others, *_points(video, left_out)])
    metrics = [metric for measured in (left_out, *more) for metric in measures(measured)]
    put(card.metrics, [*(entry for entry in card.metrics if not entry.dataset.endswith(_SUFFIX)), *metrics])
    data = _training_data(left_out.clips, source.evidence_sha256, source.terms)
    put(card.training_data, [*(entry for entry in card.training_data if not entry.name.endswith(_SUFFIX)), *data])
    put(card.limits, [*(limit for limit in card.limits if limit not in (UNMEASURED_LIMIT, *LIMITS)), *LIMITS])
    about = notes_of(base.card, (base.folder / "CARD.md").read_text(encoding="utf-8"))
    return save(parameters, card, about.replace(UNMEASURED_VIDEO, ABOUT), folder)


def _points(video: KindParameters, left_out: Measured) -> list[card_pb2.OperatingPoint]:
    fake, dataset = labels(left_out.clips), f"clips, {LEFT_OUT}"
    return [
        operating_point(point_name("video", label), threshold, fake, left_out.log_odds, dataset)
        for label, threshold in video.labels.model_dump().items()
    ]


def _training_data(
    clips: Sequence[Clip], evidence_sha256: str, terms: Mapping[str, str]
) -> list[card_pb2.TrainingData]:
    counts = Counter(clip.source for clip in clips)
    return [
        card_pb2.TrainingData(name=name + _SUFFIX, licence=terms[name], manifest_sha256=evidence_sha256, items=items)
        for name, items in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    ]


def _metric(metric: str, dataset: str, split: str, estimate: Estimate) -> card_pb2.Metric:
    return card_pb2.Metric(
        metric=metric,
        dataset=dataset + _SUFFIX,
        split=split,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        items=estimate.items,
    )
