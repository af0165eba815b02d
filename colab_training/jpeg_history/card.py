"""Writes the fitted tests as a model: parameters, card, and a page for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from colab_training.card_text import card_markdown, table
from colab_training.jpeg_history.examples import Example
from colab_training.jpeg_history.fitting import Fit
from colab_training.jpeg_history.report import grid
from colab_training.jpeg_history.settings import HistorySettings
from colab_training.jpeg_originals import LICENCES
from colab_training.licences import WEIGHTS_LICENCE
from kit.clock import SystemClock
from kit.models.card import describe_artefact, write_card
from metadata_svc.history.model import PARAMETERS_FILE, HistoryParameters, JudgedTest
from telltale.model.v1 import card_pb2

METHOD: Final = """Histograms of the 15 lowest AC coefficients against those expected under each first quality (Lukas and Fridrich
2003; Bianchi and Piva, TIFS 2012), the distribution before quantisation taken from the same picture off its grid; and, for an
older grid elsewhere, how much coefficients gather around multiples of older steps at each of 64 places, against what is usual for
the picture (after Bianchi and Piva, TIFS 2012, integer periodicity maps). Two logistic regressions make ratios of that.

Pictures are made: every original is reduced by 1.3 to 2.2 with area averaging, noised by 0.6 levels and cut, so that they are
like lossless originals; then compressed once, twice on one grid, or twice on two, by OpenCV's encoder (4:2:0 and 4:4:4). `tables
of cameras` are the luminance tables of camera files of the data that are not the standard's, used for the only or the first
compression; brightness alone goes through them. Every number is by a fit that has not seen the source of the picture.
AUC is for first qualities of 50 to 80 and second ones of 85 to 95 against pictures compressed once at 85 to 95; false alarms are
the pictures compressed once, at any quality, at or above the threshold. Pictures of 512 and 1024 px come from few originals."""
LIMITS: Final = (
    "Saved twice is not manipulated: every messenger does it. Only a contradiction with a named camera counts, and little.",
    "An equal or higher first quality, or one that is higher than the second by much, leaves little or nothing to find.",
    "An older grid is found only where it was not resized; a second quality much below the first wipes it out.",
    "Few originals of 512 px and more: see the items; most are reduced JPEGs, as no lossless originals were at hand.",
    "First qualities are on the standard's scale; of cameras' own tables it names the nearest.",
)


def parameters_of(fits: Sequence[Fit], thresholds: Sequence[float], settings: HistorySettings) -> HistoryParameters:
    """The artefact of an aligned and a shifted test."""
    tests = [
        JudgedTest(
            fit=fit.parameters,
            slope=fit.calibration.slope,
            intercept=fit.calibration.intercept,
            limit=fit.calibration.limit,
            threshold=threshold,
        )
        for fit, threshold in zip(fits, thresholds, strict=True)
    ]
    return HistoryParameters(
        aligned=tests[0],
        shifted=tests[1],
        least_px=min(settings.sides_px),
        least_quality=min(settings.second_qualities),
        cue_limit=settings.cue_limit,
    )


def write_model(
    folder: Path,
    settings: HistorySettings,
    parameters: HistoryParameters,
    fits: Sequence[Fit],
    examples: Sequence[Example],
    metrics: Sequence[card_pb2.Metric],
    config: Path,
) -> card_pb2.ModelCard:
    """Writes the parameters, `card.json` and `CARD.md` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PARAMETERS_FILE
    path.write_text(parameters.model_dump_json(indent=1) + "\n", encoding="utf-8")
    card = card_pb2.ModelCard(
        name=settings.name,
        version=settings.version,
        modality="image",
        task="Was the picture a JPEG before, on the same grid of blocks or on another, and at which quality?",
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=f"python -m colab_training.jpeg_history --config {config} --data ../shared/data --out {folder}",
        training_data=training_data(examples),
        artefacts=[describe_artefact(path, card_pb2.ARTEFACT_FORMAT_JSON)],
        metrics=metrics,
        limits=LIMITS,
    )
    write_card(card, folder)
    (folder / "CARD.md").write_text(card_markdown(card, METHOD, _measured(card, fits, examples)), encoding="utf-8")
    return card


def training_data(examples: Sequence[Example]) -> list[card_pb2.TrainingData]:
    """One entry per source: how many files its pictures were made of."""
    files = Counter(source for source, _ in {(example.source, example.file) for example in examples})
    return [
        card_pb2.TrainingData(name=source, licence=LICENCES[source], items=items)
        for source, items in sorted(files.items())
    ]


def _measured(card: card_pb2.ModelCard, fits: Sequence[Fit], examples: Sequence[Example]) -> str:
    columns = ("measure", "data", "value", "95% interval", "items")
    rows = [(m.metric, m.dataset, f"{m.value:.3f}", f"{m.low:.3f} to {m.high:.3f}", str(m.items)) for m in card.metrics]
    grids = [
        f"### AUC by first and second quality, {fit.question.kind}, 256 px\n\n{grid(fit, examples)}" for fit in fits
    ]
    return "\n\n".join([table(columns, rows), *grids])
