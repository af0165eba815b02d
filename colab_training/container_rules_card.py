"""The card of the container rules: how seldom they fire on labelled files, and everything that nobody has measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from colab_training.card_text import card_markdown, table
from colab_training.container_files import AUTHENTIC, MANIPULATED, ContainerFile
from colab_training.metrics import rate
from kit.models.card import describe_artefact, write_card
from metadata_svc.claim import claim_of
from metadata_svc.container_rules import (
    CONTAINER_MODEL_NAME,
    CONTAINER_PARAMETERS_FILE,
    ContainerRules,
    parse_container_rules,
)
from metadata_svc.cues.container_structure import conflicts
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

NOTES = """Likelihood ratios of the cue `container_structure`, the ways in which known makers' devices write their files, and
names of programs that no camera is. **Every ratio is assumed**, none is measured: no labelled set of originals from devices and
of changed files was at hand. Each entry of the parameter file says so, gives its cap and its reason, and counts on how many
labelled files its check could be asked and fired. Makers' ways come from published listings of their files. Copying a file into
another container or coding it again is not manipulation; only contradictions with what the file claims count, and the strongest
alone decides."""
LIMITS = (
    "No ratio is measured: the labelled videos and recordings were all coded again alike and none claims a device.",
    "How often originals of iPhones, Android phones, GoPros and other cameras fire a check is not measured, nor how often files "
    "do that messengers or the phones' own apps wrote again.",
    "Tags, brands and handler names can be forged; a file that imitates a device well contradicts nothing.",
    "Makers' ways change with models and firmware; a new device may contradict what is written here.",
    "Most files that are shared claim no device, and get no opinion.",
)
_DATA = {
    "av": ("av", "research terms, see its manifest", "av/manifest.csv"),
    "speech": ("speech", "mixed, see its manifest", "speech/manifest.csv"),
    "metadata": ("metadata/c2pa_rs", "MIT or Apache-2.0", ""),
}


def write_model(
    document: Mapping[str, Any], files: Sequence[ContainerFile], data: Path, folder: Path, now: datetime
) -> card_pb2.ModelCard:
    """Writes card.json and CARD.md beside the parameter file that is there already."""
    card = card_pb2.ModelCard(
        name=CONTAINER_MODEL_NAME,
        version=folder.name,
        modality="metadata",
        task="Weighs contradictions between what a video or recording claims of its making and how its file was written.",
        licence="Apache-2.0",
        authors=["The Telltale authors"],
        created=now.date().isoformat(),
        training_command=f"python -m colab_training.container_rules --out models/{CONTAINER_MODEL_NAME}/{folder.name} "
        f"--date {now.date().isoformat()}",
        training_data=_training_data(files, data),
        artefacts=[describe_artefact(folder / CONTAINER_PARAMETERS_FILE, card_pb2.ARTEFACT_FORMAT_JSON)],
        metrics=_metrics(parse_container_rules(document, evidence_pb2.ModelReference()), files, now),
        limits=LIMITS,
    )
    write_card(card, folder)
    markdown = card_markdown(card, NOTES) + f"\n## Ratios\n{_ratios(document)}\n"
    (folder / "CARD.md").write_text(markdown, encoding="utf-8")
    return card


def _training_data(files: Sequence[ContainerFile], data: Path) -> list[card_pb2.TrainingData]:
    return [
        card_pb2.TrainingData(
            name=name,
            licence=licence,
            manifest_sha256=hashlib.sha256((data / manifest).read_bytes()).hexdigest() if manifest else "",
            items=sum(file.folder.startswith(part) for file in files),
        )
        for part, (name, licence, manifest) in _DATA.items()
    ]


def _metrics(rules: ContainerRules, files: Sequence[ContainerFile], now: datetime) -> list[card_pb2.Metric]:
    metrics = []
    for folder in dict.fromkeys(file.folder for file in files):
        claims = [claim for file in files if file.folder == folder and (claim := claim_of(file.facts, rules))]
        contradictory = [bool(conflicts(claim, now)) for claim in claims]
        metrics += [
            _share("share that contradicts itself", folder, contradictory),
            _share("share that claims a device", folder, [bool(claim.device) for claim in claims]),
        ]
    return metrics


def _share(metric: str, dataset: str, hits: Sequence[bool]) -> card_pb2.Metric:
    found = rate(sum(hits), len(hits))
    return card_pb2.Metric(
        metric=metric, dataset=dataset, split="all", value=found.value, low=found.low, high=found.high, items=len(hits)
    )


def _ratios(document: Mapping[str, Any]) -> str:
    columns = ("code", "ratio", "cap", "basis", "fired on real", "fired on fake", "why")
    return table(columns, [_row(code, entry) for code, entry in document["log_likelihood_ratios"].items()])


def _row(code: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
    counts = entry["counts"]
    fired = (f"{counts[f'{label}_hits']} of {counts[f'{label}_files']}" for label in (AUTHENTIC, MANIPULATED))
    return (code, f"{entry['value']:+.2f}", f"{entry['cap']:.2f}", str(entry["basis"]), *fired, str(entry["why"]))
