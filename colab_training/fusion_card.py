"""Writes `models/fusion/<version>/`: fusion.json, card.json with error rates measured on the split val, CARD.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableSequence, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from colab_training.calibration import operating_point
from colab_training.card_text import card_markdown
from colab_training.evaluation import card_metrics
from colab_training.evidence_table import EvidenceOf
from colab_training.fusion_kinds import kind_parameters, unmeasured_points, with_unmeasured
from colab_training.licences import WEIGHTS_LICENCE, training_data
from colab_training.manifest import Sample
from fusion_svc.fuse import weigh
from fusion_svc.model import PARAMETERS_FILE, FusionModel, FusionParameters, point_name, read_fusion_model
from kit.clock import SystemClock
from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2

NOTES = """Photos: natural log-odds = sum of weight × quality × log-likelihood ratio; the prior is even. Weights of the pixel
cues were fitted by logistic regression with an L2 penalty, none negative, with cues dropped at random, small sources counting
more than their share; then one factor on all of them was fitted on pictures whose group the weights had not seen, every picture
counting alike, so that probabilities match shares. There is no intercept. The other weights were set by hand, because the data
set's files were all written again by its makers. Thresholds come from pictures of the part "calibration" whose group the weights
had not seen: `image_manipulated` at 1% and `image_suspicious` at 5% of the real pictures of the source that is accused
most often, `image_authentic` where 10% of fakes lie at or below it. The rates below were measured on the split val, which nothing
was fitted on. The rule of `image_authentic` holds at or *below* its threshold: fakes pass as authentic at 1 − true positives.
{unlearned}
Pictures on which every cue abstained count with log-odds 0.

{video}

{audio}"""

# What fusion says of videos while nobody has fitted it on any.
UNMEASURED_VIDEO = """Videos: the same sum over the worst second or two, on the person whom the tests suspect most; the prior pays
for the search. Weights were set by hand and thresholds are those of photos: nothing of it was measured."""

# The same of recordings.
UNMEASURED_AUDIO = """Recordings: the same sum over the worst second or two. Weights were set by hand and thresholds are those of
photos: nothing of it was measured."""

UNMEASURED_LIMIT = "Weights and thresholds of videos are set by hand, and their error rates are not measured."
UNMEASURED_AUDIO_LIMIT = "Weights and thresholds of recordings are set by hand, and their error rates are not measured."
LIMITS = (
    "Error rates hold for faces like those of the data: DFDC swaps, StyleGAN2 portraits, spliced portraits.",
    "On other sources they may be worse.",
    "Points of authentic media hold at or below their threshold; manipulated media are missed at 1 - true_positive_rate.",
    "Weights of metadata cues are set by hand and not measured.",
    UNMEASURED_LIMIT,
    UNMEASURED_AUDIO_LIMIT,
)


@dataclass(frozen=True)
class Fitted:
    """Weights of the measured cues and thresholds, and the pictures behind them."""

    weights: Mapping[str, float]
    thresholds: Mapping[str, float]

    def parameters(self) -> FusionParameters:
        """Contents of fusion.json."""
        return with_unmeasured(kind_parameters(self.weights, self.thresholds))


def write_model(
    fitted: Fitted,
    learned: Sequence[Sample],
    samples: Sequence[Sample],
    table: Sequence[EvidenceOf],
    manifest_sha256: str,
    detectors_learned: Set[str],
    folder: Path,
) -> None:
    """Measures on `samples` with their evidence, writes the folder, and reads it back as the fusion service will.

    `detectors_learned` are the sources that the detectors' cards name.
    """
    parameters = fitted.parameters()
    image = parameters.kinds["image"]
    log_odds = np.array([weigh(row.evidence, image).log_odds for row in table])
    labels = [sample.fake for sample in samples]
    points = [
        operating_point(point_name("image", name), threshold, labels, log_odds, "faces, split val")
        for name, threshold in image.labels.model_dump().items()
    ]
    for kind in ("video", "audio"):
        points += unmeasured_points(kind, parameters.kinds[kind])
    card = card_pb2.ModelCard(
        name="fusion",
        modality="fusion",
        task="Turns the evidence of all tests into log-odds of manipulation and a label.",
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        training_command=f"python -m colab_training.fusion --data ../shared/data --out {folder}",
        training_data=training_data(learned, manifest_sha256),
        postprocessing=card_pb2.Postprocessing(operating_points=points),
        metrics=card_metrics(samples, log_odds, "val"),
        limits=LIMITS,
    )
    save(parameters, card, notes(learned, detectors_learned), folder)


def save(parameters: FusionParameters, card: card_pb2.ModelCard, about: str, folder: Path) -> FusionModel:
    """Writes fusion.json, the card with version, day and artefact filled in, and CARD.md; answers what the service will read.

    Raises ModelInvalid when parameters and card do not belong together.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PARAMETERS_FILE
    document = parameters.model_dump(exclude_none=True)
    path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    card.version = folder.name
    card.created = SystemClock().now().date().isoformat()
    del card.artefacts[:]
    card.artefacts.append(describe_artefact(path, card_pb2.ARTEFACT_FORMAT_JSON))
    model = read_fusion_model(write_card(card, folder))
    (folder / "CARD.md").write_text(card_markdown(card, about), encoding="utf-8")
    return model


def put(entries: MutableSequence[Any], new: Sequence[Any]) -> None:
    """Replaces what a repeated field of a card holds."""
    del entries[:]
    entries.extend(new)


def notes(learned: Sequence[Sample], detectors_learned: Set[str]) -> str:
    """How the model works, for people; `learned` is what weights and thresholds come from."""
    unlearned = sorted({sample.source for sample in learned} - detectors_learned)
    names = ", ".join(f"`{name}`" for name in unlearned)
    return NOTES.format(
        unlearned=f"No detector learned from {names}, used for weights and thresholds only." if names else "",
        video=UNMEASURED_VIDEO,
        audio=UNMEASURED_AUDIO,
    )
