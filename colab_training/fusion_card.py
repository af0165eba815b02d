"""Writes `models/fusion/<version>/`: fusion.json, card.json with error rates measured on the split val, CARD.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colab_training.calibration import operating_point
from colab_training.card_text import card_markdown
from colab_training.evaluation import card_metrics
from colab_training.evidence_table import EvidenceOf
from colab_training.licences import WEIGHTS_LICENCE, training_data
from colab_training.manifest import Sample
from fusion_svc.fuse import weigh
from fusion_svc.model import PARAMETERS_FILE, FusionParameters, read_fusion_model
from kit.clock import SystemClock
from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2

# Set by hand: the files of the data set were all written again by its makers, so their metadata say nothing about the world.
# A declared generator or a broken manifest may decide alone; camera data, which anybody can write, may not.
HAND_SET_WEIGHTS = {"exif_consistency": 0.3, "jpeg_structure": 0.3, "provenance": 0.6, "software_traces": 0.6}
# More than one cautious metadata cue alone, less than one good look at a face.
MIN_EVIDENCE = 0.4
CONFLICT = 1.0

NOTES = """Natural log-odds = sum of weight × quality × log-likelihood ratio; the prior is even. Weights of the pixel cues were
fitted by logistic regression with an L2 penalty, none negative, with cues dropped at random, small sources counting more than
their share; then one factor on all of them was fitted on pictures whose group the weights had not seen, every picture counting
alike, so that probabilities match shares. There is no intercept. The other weights were set by hand, because the data set's
files were all written again by its makers. Thresholds come from pictures of the
part "calibration" whose group the weights had not seen: `manipulated` at 1% and `suspicious` at 5% of real pictures,
`authentic` where 10% of fakes lie at or below it. The rates below were measured on the split val, which nothing was fitted on.
The rule of `authentic` holds at or *below* its threshold: fakes pass as authentic at 1 − true positives. {unlearned}
Pictures on which every cue abstained count with log-odds 0."""

LIMITS = (
    "Error rates hold for faces like those of the data: DFDC swaps, StyleGAN2 portraits, spliced portraits.",
    "On other sources they may be worse.",
    'The operating point "authentic" holds at or below its threshold; manipulated media are missed at 1 - true_positive_rate.',
    "Weights of metadata cues are set by hand and not measured.",
    "Knows tests for photos only.",
)


@dataclass(frozen=True)
class Fitted:
    """Weights of the measured cues and thresholds, and the pictures behind them."""

    weights: Mapping[str, float]
    thresholds: Mapping[str, float]

    def parameters(self) -> FusionParameters:
        """Contents of fusion.json."""
        weights = {**self.weights, **HAND_SET_WEIGHTS}
        return FusionParameters.model_validate(
            {
                "prior_log_odds": 0.0,
                "weights": weights,
                "labels": dict(self.thresholds),
                "min_evidence": MIN_EVIDENCE,
                "conflict": CONFLICT,
                "cues": {"image": sorted(weights), "video": [], "audio": []},
            }
        )


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
    folder.mkdir(parents=True, exist_ok=True)
    parameters = fitted.parameters()
    path = folder / PARAMETERS_FILE
    path.write_text(json.dumps(parameters.model_dump(), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    log_odds = np.array([weigh(row.evidence, parameters).log_odds for row in table])
    labels = [sample.fake for sample in samples]
    points = [
        operating_point(name, threshold, labels, log_odds, "faces, split val")
        for name, threshold in parameters.labels.model_dump().items()
    ]
    card = card_pb2.ModelCard(
        name="fusion",
        version=folder.name,
        modality="fusion",
        task="Turns the evidence of all tests into log-odds of manipulation and a label.",
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=f"python -m colab_training.fusion --data ../shared/data --out {folder}",
        training_data=training_data(learned, manifest_sha256),
        artefacts=[describe_artefact(path, card_pb2.ARTEFACT_FORMAT_JSON)],
        postprocessing=card_pb2.Postprocessing(operating_points=points),
        metrics=card_metrics(samples, log_odds, "val"),
        limits=LIMITS,
    )
    read_fusion_model(write_card(card, folder))
    (folder / "CARD.md").write_text(card_markdown(card, notes(learned, detectors_learned)), encoding="utf-8")


def notes(learned: Sequence[Sample], detectors_learned: Set[str]) -> str:
    """How the model works, for people; `learned` is what weights and thresholds come from."""
    unlearned = sorted({sample.source for sample in learned} - detectors_learned)
    names = ", ".join(f"`{name}`" for name in unlearned)
    return NOTES.format(
        unlearned=f"No detector learned from {names}, used for weights and thresholds only." if names else ""
    )
