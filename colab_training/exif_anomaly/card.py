"""Writes the fitted weights as a model: parameters, card, and a page for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from colab_training.card_text import card_markdown
from colab_training.exif_anomaly.files import Camera
from colab_training.exif_anomaly.fitting import NAMES, Weights
from colab_training.exif_anomaly.settings import AnomalySettings
from colab_training.licences import WEIGHTS_LICENCE
from kit.clock import SystemClock
from kit.models.card import describe_artefact, write_card
from metadata_svc.anomaly import PARAMETERS_FILE
from telltale.model.v1 import card_pb2

METHOD: Final = """Twelve habits of cameras in writing EXIF, each 0 where the file keeps it and up to 1 where it does not,
weighed by logistic regression without negative weights: what cameras do not do never speaks for a camera, and each trait's
contribution is exact. Learned from {files} files of {makes} makes as their cameras wrote them against eight manipulations of
each, made by the project's own code: tags stripped, make and model of another camera, dates moved, a position added, saved again
by a library, few or many tags forged under another picture, the whole block transplanted. Each make counts alike, and each
manipulation. Every row is from fits that saw no file of the make; the slope that such a fit needs was then taken over, and the
ratio is cut to [{least}, {most}], because so few files cannot carry more and because rewriting tags changes no picture. The
ridge was chosen among five by the log loss on unseen makes.

The traits are not questions of `exif_consistency` that weigh anything there, and the test abstains where a program names itself:
nothing counts twice. A preview that shows another picture, the surest sign of transplanted EXIF, is a rule of
`exif_consistency`."""
LIMITS: Final = (
    "Some two dozen camera files of eleven makes, most from 1999 to 2012, phones of the last years nearly missing: the intervals "
    "are wide. Those of areas under the curve come from drawing whole makes; those of shares take files for independent.",
    "The manipulations are our own; a careful forger who writes what the camera writes, or copies it whole, is not noticed.",
    "Says that tags were rewritten, not that the picture was: gateways, messengers and archives rewrite tags too.",
    "Never to be used alone.",
)


def write_model(
    folder: Path, settings: AnomalySettings, config: Path, weights: Weights, metrics: list[card_pb2.Metric],
    used: Sequence[Camera], manifest: str,
) -> card_pb2.ModelCard:  # fmt: skip
    """Writes `exif_anomaly.json`, `card.json` and `CARD.md` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    parameters = folder / PARAMETERS_FILE
    parameters.write_text(json.dumps(_document(settings, weights), indent=1) + "\n", encoding="utf-8")
    card = card_pb2.ModelCard(
        name=settings.name,
        version=settings.version,
        modality="metadata",
        task="Are the camera data written as a camera writes them?",
        licence=WEIGHTS_LICENCE,
        authors=["The Telltale authors"],
        created=SystemClock().now().date().isoformat(),
        training_command=f"python -m colab_training.exif_anomaly --config {config} --data ../shared/data --out {folder}",
        training_data=_training_data(used, manifest),
        artefacts=[describe_artefact(parameters, card_pb2.ARTEFACT_FORMAT_JSON)],
        metrics=metrics,
        limits=LIMITS,
    )
    write_card(card, folder)
    (folder / "CARD.md").write_text(card_markdown(card, _notes(settings, used, weights)), encoding="utf-8")
    return card


def _document(settings: AnomalySettings, weights: Weights) -> dict[str, object]:
    return {
        "base": round(weights.base, 4),
        "weights": {name: round(float(value), 4) + 0.0 for name, value in zip(NAMES, weights.weights, strict=True)},
        "least": settings.least,
        "most": settings.most,
    }


def _notes(settings: AnomalySettings, used: Sequence[Camera], weights: Weights) -> str:
    makes = len({camera.make for camera in used})
    method = METHOD.format(files=len(used), makes=makes, least=settings.least, most=settings.most)
    told = [("none of them", weights.base), *zip(NAMES, weights.weights, strict=True)]
    rows = "\n".join(f"| {name} | {value:.2f} |" for name, value in told)
    return f"{method}\n\n| trait | log-likelihood ratio when fully there |\n| --- | --- |\n{rows}"


def _training_data(used: Sequence[Camera], manifest: str) -> list[card_pb2.TrainingData]:
    licences = {
        "exif": ("research", manifest),
        "c2pa_public": ("CC BY-SA 4.0", ""),
        "c2pa_rs": ("MIT or Apache-2.0", ""),
    }
    return [
        card_pb2.TrainingData(
            name=f"metadata/{folder}",
            licence=licence,
            manifest_sha256=digest,
            items=sum(camera.folder == folder for camera in used),
        )
        for folder, (licence, digest) in licences.items()
    ]
