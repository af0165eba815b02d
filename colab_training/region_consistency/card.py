"""Writes the fitted model: parameters, card, and a page for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from colab_training.card_text import card_markdown
from colab_training.jpeg_originals import LICENCES
from colab_training.licences import WEIGHTS_LICENCE
from colab_training.region_consistency.examples import Example
from colab_training.region_consistency.fitting import Fit
from colab_training.region_consistency.settings import RegionSettings
from kit.clock import SystemClock
from kit.models.card import describe_artefact, write_card
from metadata_svc.history.region_model import PARAMETERS_FILE, RegionParameters
from telltale.model.v1 import card_pb2

METHOD: Final = """For every block of 8x8: the likelihood of the first compression that fits the picture best, how much it
keeps to the steps of the best older grid (both after Bianchi and Piva, TIFS 2012), energy at middle frequencies, and the
noise level (median of absolute second differences). Each is compared with blocks of this picture that have as much detail
and averaged over 3 to 31 blocks; a network with one hidden layer says how likely the block was pasted, and logistic
regression sums up the picture.

Splices are made: host and donor are originals reduced by 1.3 to 2.2 so that they have no history, then given one each
(compressed at 50 to 97 or not, on any grid; noised, blurred or resized as a whole or not), four in ten taken as their files
are; a wobbly shape, half of them upright like faces, of 2% to 30% of the picture is pasted with a soft edge; all is saved
at 75 to 98. Untouched pictures are made by the same code without the paste. Every number, and the calibration, is by fits
that have not seen the source. `as filed` are files as they are; the real ones of them share in the calibration and in the
choice of the threshold with the weight of the untouched pictures, and never in a fit."""
_COMMAND: Final = "python -m colab_training.region_consistency"
LIMITS: Final = (
    "Honest pictures differ within themselves, by focus, light and retouching of the camera: capped, and never alone decisive.",
    "Where host and donor have no history that differs, or the whole was resized or strongly compressed later, nothing is left.",
    "Expert splices of parts of faces are hardly found: see splice_ciplab.",
    "Fitted on pictures of 256 and 512 px; larger ones are judged by their middle 2048 px and were not measured as splices.",
    "Local edits that are no deceit (a caption, a blurred number plate, a sticker) differ too.",
)


def write_model(
    folder: Path,
    settings: RegionSettings,
    fit: Fit,
    point: card_pb2.OperatingPoint,
    metrics: Sequence[card_pb2.Metric],
    examples: Sequence[Example],
    config: Path,
) -> card_pb2.ModelCard:
    """Writes the parameters, `card.json` and `CARD.md` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PARAMETERS_FILE
    path.write_text(_parameters(settings, fit).model_dump_json(indent=1) + "\n", encoding="utf-8")
    card = card_pb2.ModelCard(
        name=settings.name,
        version=settings.version,
        modality="image",
        task="Do all parts of the picture share one history of compression and one noise?",
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=f"{_COMMAND} --config {config} --data ../shared/data --out {folder}",
        training_data=_training_data(examples),
        artefacts=[describe_artefact(path, card_pb2.ARTEFACT_FORMAT_JSON)],
        postprocessing=card_pb2.Postprocessing(calibration=fit.calibration, operating_points=[point]),
        metrics=metrics,
        limits=LIMITS,
    )
    write_card(card, folder)
    (folder / "CARD.md").write_text(card_markdown(card, METHOD), encoding="utf-8")
    return card


def _parameters(settings: RegionSettings, fit: Fit) -> RegionParameters:
    return RegionParameters(
        blocks=fit.blocks,
        picture=fit.picture,
        least_px=settings.least_px,
        least_quality=settings.least_quality,
        region_probability=fit.region_probability,
    )


def _training_data(examples: Sequence[Example]) -> list[card_pb2.TrainingData]:
    files = Counter(source for source, _ in {(example.source, example.file) for example in examples})
    return [
        card_pb2.TrainingData(name=source, licence=LICENCES[source], items=items)
        for source, items in sorted(files.items())
    ]
