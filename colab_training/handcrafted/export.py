"""Writes a fitted cue as a model: parameters, card, and a page for people."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from colab_training.card_text import card_markdown
from colab_training.handcrafted.fitting import Fit
from colab_training.licences import WEIGHTS_LICENCE, training_data
from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2

COMMAND: Final = "python -m colab_training.handcrafted --data ../shared/data --out models"


@dataclass(frozen=True)
class About:
    """What a card says about a cue in words."""

    task: str
    method: str
    limits: tuple[str, ...]


_COMMON_LIMITS: Final = (
    "Weak on its own: only to be used together with other evidence.",
    "Looks at the largest face only, and abstains without a face of at least 64 px.",
    "Fitted on face swaps of one data set, one GAN and one set of expert splices; other generators are untested.",
)

ABOUT: Final = {
    "frequency": About(
        task="Does the face's power spectrum look like that of a camera picture?",
        method="Azimuthally averaged log power spectra of Y, Cr and Cb (Durall et al., CVPR 2020; Welch tiles of 64 px) and "
        "8x8 block-DCT statistics of Y, at native resolution around the largest face; logistic regression on 138 features.",
        limits=(*_COMMON_LIMITS, "Resizing and recompression weaken it: see the rows `equalised`."),
    ),
    "noise_residual": About(
        task="Does the noise of the face match the noise around it?",
        method="Log energies, correlations and co-occurrences of SRM residuals (Fridrich and Kodovsky, TIFS 2012) in 16 px "
        "patches; differences between the face and what is around it; logistic regression on 86 features. The map shows how far "
        "each patch lies from those around the face, dimmed by how little the picture as a whole is suspected.",
        limits=(
            *_COMMON_LIMITS,
            "No measurable power on careful splices at high quality (splice_ciplab).",
            "Depth of field, make-up and smoothing filters also make a face's noise differ.",
        ),
    ),
}

_READING: Final = (
    "In the table, `as filed` are the files as they are; `equalised` are copies of both classes, resized (120 to 400 px), "
    "blurred, noised and recompressed (JPEG 50 to 98) alike at random, so that size and compression tell nothing. "
    "`answered` is the share of pictures on which the test had an opinion. Sources marked `not taught` were kept out of the fit, "
    "because real and fake differ there in size, compression, background or origin; `video_frames` only calibrate."
)


def write_model(folder: Path, cue: str, fit: Fit, metrics: Sequence[card_pb2.Metric], manifest_sha256: str) -> str:
    """Writes `<cue>.json`, `card.json` and `CARD.md` into `folder`, and answers the page's text."""
    folder.mkdir(parents=True, exist_ok=True)
    parameters = folder / f"{cue}.json"
    parameters.write_text(fit.parameters.model_dump_json(indent=1) + "\n", encoding="utf-8")
    about = ABOUT[cue]
    card = card_pb2.ModelCard(
        name=cue,
        version=folder.name,
        modality="image",
        task=about.task,
        licence=WEIGHTS_LICENCE,
        authors=["Telltale"],
        created=datetime.datetime.now(datetime.UTC).date().isoformat(),
        training_command=COMMAND,
        training_data=training_data(fit.samples, manifest_sha256),
        artefacts=[describe_artefact(parameters, card_pb2.ARTEFACT_FORMAT_JSON)],
        postprocessing=card_pb2.Postprocessing(calibration=fit.calibration),
        metrics=metrics,
        limits=about.limits,
    )
    write_card(card, folder)
    page = card_markdown(card, f"{about.method}\n\n{_calibrated(fit.calibration)}\n\n{_READING}")
    (folder / "CARD.md").write_text(page, encoding="utf-8")
    return page


def _calibrated(calibration: card_pb2.Calibration) -> str:
    return (
        f"Log-likelihood ratios are calibrated on {calibration.items} measurements of train pictures and video frames held "
        f"out of the fit, filed or equalised, and never exceed {calibration.limit:.2f} in magnitude."
    )
