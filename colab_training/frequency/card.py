"""Writes the fitted test as a model: parameters, card, and a page for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from colab_training.card_text import card_markdown
from colab_training.frequency.fitting import Fit
from colab_training.frequency.settings import FrequencySettings
from colab_training.licences import WEIGHTS_LICENCE, training_data
from kit.clock import SystemClock
from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2

METHOD: Final = (
    "Azimuthally averaged log power spectra of Y, Cr and Cb (Durall et al., CVPR 2020; Welch tiles of 64 px), how the spectrum "
    "of Y differs by direction and from tile to tile (after Zhang et al., WIFS 2019), and 8x8 block-DCT statistics of Y, at "
    "native resolution around the largest face; logistic regression on 294 features."
)
LIMITS: Final = (
    "Weak on its own: only to be used together with other evidence.",
    "Looks at the largest face only, and abstains without a face of at least 64 px.",
    "Fitted on face swaps of one data set, one GAN and one set of expert splices; other generators are untested.",
    "Resizing and recompression weaken it: see the rows `equalised`.",
)
READING: Final = (
    "In the table, `as filed` are the files as they are; `equalised` are copies of both classes, resized (120 to 400 px), "
    "blurred, noised and recompressed (JPEG 50 to 98) alike at random, so that size and compression tell nothing. "
    "`answered` is the share of pictures on which the test had an opinion. Sources marked `not taught` were kept out of the fit; "
    "of these, `video_frames` only calibrate."
)


def write_model(
    folder: Path, settings: FrequencySettings, config: Path, fit: Fit, metrics: Sequence[card_pb2.Metric], digest: str
) -> card_pb2.ModelCard:
    """Writes `frequency.json`, `card.json` and `CARD.md` into `folder`; `digest` is that of the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    parameters = folder / f"{settings.name}.json"
    parameters.write_text(fit.parameters.model_dump_json(indent=1) + "\n", encoding="utf-8")
    card = card_pb2.ModelCard(
        name=settings.name,
        version=settings.version,
        modality="image",
        task="Does the face's power spectrum look like that of a camera picture?",
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=f"python -m colab_training.frequency --config {config} --data ../shared/data --out {folder}",
        training_data=training_data(fit.samples, digest),
        artefacts=[describe_artefact(parameters, card_pb2.ARTEFACT_FORMAT_JSON)],
        postprocessing=card_pb2.Postprocessing(calibration=fit.calibration),
        metrics=metrics,
        limits=LIMITS,
    )
    write_card(card, folder)
    page = card_markdown(card, f"{METHOD}\n\n{_calibrated(fit.calibration)}\n\n{READING}")
    (folder / "CARD.md").write_text(page, encoding="utf-8")
    return card


def _calibrated(calibration: card_pb2.Calibration) -> str:
    return (
        f"Log-likelihood ratios are calibrated on {calibration.items} measurements of train pictures and video frames held "
        f"out of the fit, filed or equalised, and never exceed {calibration.limit:.2f} in magnitude."
    )
