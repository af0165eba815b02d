"""Writes `models/fusion/<version>/`: fusion.json, card.json with error rates measured on the split val, CARD.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from colab_training.calibration import operating_point
from colab_training.card_rows import metric_row
from colab_training.card_text import card_markdown
from colab_training.ensemble.pictures import FittedPictures, Pictures
from colab_training.ensemble.section import Section
from colab_training.ensemble.tables import promises_table
from colab_training.evaluation import card_metrics
from colab_training.licences import WEIGHTS_LICENCE, training_data
from colab_training.metrics import rate
from fusion_svc.fuse import weigh
from fusion_svc.model import PARAMETERS_FILE, FusionModel, FusionParameters, point_name, read_fusion_model
from kit.clock import SystemClock
from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2

PICTURES_ABOUT = """Photos: natural log-odds = prior + sum of weight × quality × log-likelihood ratio. Weights of the
pixel tests and the prior depend on which of them gave an opinion: each set of tests that spoke often enough has its
own, by logistic regression with an L2 penalty towards weights common to all sets, none negative, both classes alike.
Then one factor on all of them (temperature) was fitted on pictures whose group the weights had not seen. In pictures of
more than {side} px on the shorter side weights and prior are reduced to {factor:.3g}, because detectors learned from
smaller ones and say too much of larger ones. The other weights were set by hand, because the data set's files were all
written again by its makers. Thresholds come from pictures of the part "calibration" whose group the weights had not
seen, and from real pictures of sources that no detector learned from ({new}): they lie above what is promised to every
source for `image_suspicious` (5% false alarms) and `image_manipulated` (1%), see below; `image_authentic` lies where
10% of fakes lie at or below it. The rates below were measured on the split val, which nothing was fitted on. The rule
of `…_authentic` holds at or *below* its threshold: fakes pass as authentic at 1 − true positives. Pictures on which
every test abstained count with log-odds 0."""
PROMISES_ABOUT = """At most this share of real media like those of the source lies at or above the threshold. 5% is
promised with 95% confidence over the choice of calibration media (Vovk 2012), which takes 59 of them; 1% on average
(split conformal), which takes 99. For a source with fewer the upper tolerance limit of a normal distribution stands in,
with 95% confidence, and sources with fewer than ten are taken together."""
LIMITS = (
    "Error rates hold for faces like those of the data: DFDC swaps, StyleGAN2 portraits, spliced portraits.",
    "On other sources they may be worse: a promise to a source says nothing about the next one.",
    "Points of authentic media hold at or below their threshold; manipulated media are missed at 1 - true_positive_rate.",
    "Weights of metadata cues are set by hand and not measured.",
    "Media smaller, shorter or more compressed than tested_range in fusion.json get no label from what they look or sound like.",
)


def picture_section(
    fitted: FittedPictures, calibration: Pictures, new: Pictures, val: Pictures, manifest_sha256: str
) -> Section:
    """What the card says of photos."""
    parameters = fitted.parameters
    log_odds = np.array([weigh(row.evidence, parameters, row.media).log_odds for row in val.table])
    points = [
        operating_point(point_name("image", name), threshold, val.fake, log_odds, "faces, split val")
        for name, threshold in parameters.labels.model_dump().items()
    ]
    real = np.array([sample.source for sample in val.samples])[~val.fake]
    accused = log_odds[~val.fake] >= parameters.labels.suspicious
    rows = [
        metric_row(
            "real suspicious", source, "val", rate(int(accused[real == source].sum()), int((real == source).sum()))
        )
        for source in sorted(set(real.tolist()))
    ]
    large = parameters.large_pictures
    about = PICTURES_ABOUT.format(
        side=round(large.above_side_px) if large else "any",
        factor=large.factor if large else 1.0,
        new=", ".join(f"`{name}`" for name in sorted({sample.source for sample in new.samples})) or "there are none",
    )
    return Section(
        kind="image",
        parameters=parameters,
        points=points,
        metrics=[*card_metrics(val.samples, log_odds, "val"), *rows],
        data=training_data([*calibration.samples, *new.samples], manifest_sha256),
        about=about,
        limits=LIMITS,
        promises=fitted.promises,
    )


def write_model(sections: Sequence[Section], command: str, folder: Path) -> FusionModel:
    """Writes the folder and reads it back as the fusion service will. Raises ModelInvalid where card and parameters differ."""
    parameters = FusionParameters(kinds={own.kind: own.parameters for own in sections})
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PARAMETERS_FILE
    document = parameters.model_dump(exclude_none=True)
    path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    card = card_pb2.ModelCard(
        name="fusion",
        version=folder.name,
        modality="fusion",
        task="Turns the evidence of all tests into log-odds of manipulation and a label.",
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        artefacts=[describe_artefact(path, card_pb2.ARTEFACT_FORMAT_JSON)],
        training_command=command,
        training_data=[row for own in sections for row in own.data],
        postprocessing=card_pb2.Postprocessing(operating_points=[row for own in sections for row in own.points]),
        metrics=[row for own in sections for row in own.metrics],
        limits=[limit for own in sections for limit in own.limits],
    )
    model = read_fusion_model(write_card(card, folder))
    about = "\n\n".join([*(own.about for own in sections), PROMISES_ABOUT, promises_table(sections)])
    (folder / "CARD.md").write_text(card_markdown(card, about), encoding="utf-8")
    return model
