"""The card of the metadata rules: what they were read from, how they do on it, what they must not be used for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from colab_training.card_text import card_markdown
from colab_training.metadata_files import AUTHENTIC, EDITED, GENERATED, LabelledFile
from colab_training.metadata_previews import foreign_answers, own_answers
from colab_training.metrics import rate
from kit.models.card import describe_artefact, write_card
from metadata_svc.cues import exif_consistency, software_traces
from metadata_svc.rules import MODEL_NAME, PARAMETERS_FILE, parse_rules
from metadata_svc.software import find_traces
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

NOTES = """Likelihood ratios of the metadata cues, names of programs, and fingerprints of quantisation tables. A ratio is measured
where at least three files fired: half a file is added to each cell of the two-by-two table, the logarithm of the ratio is drawn
towards zero by one standard error, and a cap written by people bounds it. Everything else is an assumption; each entry of the
parameter file says which, and why. Previews are measured beside their own picture and beside one of another camera; where they
begin to differ was set on these same files. "Edited" stands in for "manipulated", which no labelled metadata set offers: that is
the main reason for the low caps. C2PA outcomes are tested, not fitted."""
LIMITS = (
    "Metadata can be forged, copied from another photo, or removed; a file without any is the rule, not a sign.",
    "Measured on few and mostly old camera files; phones of the last years are missing.",
    "Edited is not manipulated: an editor's mark alone must never decide.",
    "Fingerprints of encoders were read from the same files and cover few cameras and programs.",
)


def write_model(
    document: Mapping[str, Any], files: Sequence[LabelledFile], data: Path, folder: Path, now: datetime
) -> card_pb2.ModelCard:
    """Writes card.json and CARD.md beside the parameter file that is there already."""
    card = card_pb2.ModelCard(
        name=MODEL_NAME,
        version=folder.name,
        modality="metadata",
        task="Weighs contradictions in EXIF, JPEG structure, traces of software and C2PA provenance.",
        licence="Apache-2.0",
        authors=["The Telltale authors"],
        created=now.date().isoformat(),
        training_command=f"python -m colab_training.metadata_rules --out models/{MODEL_NAME}/{folder.name} "
        f"--date {now.date().isoformat()}",
        training_data=_training_data(files, data),
        artefacts=[describe_artefact(folder / PARAMETERS_FILE, card_pb2.ARTEFACT_FORMAT_JSON)],
        metrics=_metrics(document, files, now),
        limits=LIMITS,
    )
    write_card(card, folder)
    (folder / "CARD.md").write_text(card_markdown(card, NOTES), encoding="utf-8")
    return card


def _training_data(files: Sequence[LabelledFile], data: Path) -> list[card_pb2.TrainingData]:
    manifest = hashlib.sha256((data / "metadata" / "exif_manifest.csv").read_bytes()).hexdigest()
    sources = {
        "exif": ("metadata/exif", "research", manifest),
        "sdparsers": ("metadata/sdparsers", "MIT", ""),
        "real": ("scenes/real", "ImageNet samples, research", ""),
        "c2pa_public": ("metadata/c2pa_public", "CC BY-SA 4.0", ""),
    }
    return [
        card_pb2.TrainingData(
            name=name,
            licence=licence,
            manifest_sha256=digest,
            items=sum(file.path.parent.name == part for file in files),
        )
        for part, (name, licence, digest) in sources.items()
    ]


def _metrics(document: Mapping[str, Any], files: Sequence[LabelledFile], now: datetime) -> list[card_pb2.Metric]:
    rules = parse_rules(document, evidence_pb2.ModelReference())

    def llr(file: LabelledFile) -> float:
        found = exif_consistency.conflicts(file.facts, now)
        exif = exif_consistency.examine(file.facts, found, rules, now)
        traces = software_traces.examine(file.facts, find_traces(file.facts, rules), rules)
        return max(exif.finding.log_likelihood_ratio, traces.finding.log_likelihood_ratio)

    def share(metric: str, dataset: str, label: str, threshold: float) -> card_pb2.Metric:
        hits = [llr(file) >= threshold for file in files if file.label == label]
        found = rate(sum(hits), len(hits))
        return card_pb2.Metric(
            metric=metric,
            dataset=dataset,
            split="all",
            value=found.value,
            low=found.low,
            high=found.high,
            items=len(hits),
        )

    return [
        share("share with LLR of 3 or more", "generators' files", GENERATED, 3.0),
        share("share with LLR of 3 or more", "authentic", AUTHENTIC, 3.0),
        share("share with LLR of 0.5 or more", "authentic", AUTHENTIC, 0.5),
        share("share with LLR of 0.2 or more", "authentic", AUTHENTIC, 0.2),
        share("share with LLR of 0.2 or more", "edited", EDITED, 0.2),
        _fired("previews beside their own picture", own_answers(files, now)),
        _fired("previews beside another picture", foreign_answers(files, now)),
    ]


def _fired(dataset: str, answers: Sequence[bool]) -> card_pb2.Metric:
    found = rate(sum(answers), len(answers))
    return card_pb2.Metric(
        metric="share said to be of another picture", dataset=dataset, split="all", value=found.value, low=found.low,
        high=found.high, items=len(answers),
    )  # fmt: skip
