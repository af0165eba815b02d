"""What the shipped detectors say about labelled pictures: the table that fusion is fitted on and benchmarks read.

Evidence is kept by the digests of the models and of the picture's bytes, so whoever asks about the same picture again, in any
list, gets the answer that is there, and an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from google.protobuf import json_format
from tqdm import tqdm

from colab_training.metrics import Floats
from kit.models.registry import Registry
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import fusion_service_pb2

EvidenceOf = fusion_service_pb2.FuseRequest
# Gives the bytes of one picture; called where they are needed, so that thousands of pictures never lie in memory at once.
Content: TypeAlias = Callable[[], bytes]
_CALLS = 2
_BLOCK = 200


class Examines(Protocol):
    """The detectors."""

    @property
    def card_digests(self) -> list[str]:
        """Digests of all model cards behind the evidence."""
        ...

    def examine(self, data: bytes) -> tuple[media_pb2.MediaInfo, list[evidence_pb2.Evidence]]:
        """Media facts and evidence for a file of these bytes."""
        ...


def files(paths: Iterable[Path]) -> list[Content]:
    """The contents of files, as they lie on disk."""
    return [path.read_bytes for path in paths]


def collect(examiner: Examines, contents: Sequence[Content], cache: Path, label: str = "evidence") -> list[EvidenceOf]:
    """Media facts and evidence per picture, in order, from `cache` where the same models saw the same bytes before."""
    path = cache / f"evidence-{_key(examiner.card_digests)}.jsonl"
    known = _read(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    found: list[EvidenceOf] = []
    with ThreadPoolExecutor(_CALLS) as pool, tqdm(total=len(contents), desc=label, mininterval=20) as progress:
        for start in range(0, len(contents), _BLOCK):
            block = list(pool.map(partial(_entry, examiner, known), contents[start : start + _BLOCK]))
            _append(path, {digest: line for digest, line in block if digest not in known})
            known.update(block)
            found += [json_format.Parse(line, EvidenceOf()) for _, line in block]
            progress.update(len(block))
    return found


def weighed_ratios(table: Sequence[EvidenceOf], cues: Sequence[str]) -> Floats:
    """quality * log-likelihood ratio by item and cue, (N, C); NaN where a cue had no opinion."""
    ratios = np.full((len(table), len(cues)), np.nan)
    for position, row in enumerate(table):
        for evidence in row.evidence:
            if evidence.HasField("finding") and evidence.finding.quality > 0 and evidence.cue in cues:
                found = evidence.finding
                ratios[position, cues.index(evidence.cue)] = found.quality * found.log_likelihood_ratio
    return ratios


def cues_with_findings(table: Sequence[EvidenceOf]) -> list[str]:
    """Names of the cues that had an opinion on at least one picture, sorted."""
    return sorted({entry.cue for row in table for entry in row.evidence if entry.HasField("finding")})


def learned_sources(table: Iterable[EvidenceOf], registry: Registry) -> set[str]:
    """Sources that the cards of the models behind this evidence name as training data."""
    names = {entry.model.name for row in table for entry in row.evidence if entry.model.name}
    # A card may say more than the name: "gan_genphotos (equalised)".
    return {data.name.split()[0] for name in names for data in registry.load(name).card.training_data}


def _entry(examiner: Examines, known: Mapping[str, str], content: Content) -> tuple[str, str]:
    data = content()
    digest = hashlib.sha256(data).hexdigest()
    return digest, known[digest] if digest in known else _line(examiner, data)


def _line(examiner: Examines, data: bytes) -> str:
    info, evidence = examiner.examine(data)
    for entry in evidence:
        if entry.HasField("finding"):
            entry.finding.ClearField("map")  # large, and nothing downstream looks at it
    return json_format.MessageToJson(EvidenceOf(media=info, evidence=evidence), indent=None)


def _read(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")  # a run was killed within a line; that picture is examined again
    return dict(json.loads(line) for line in whole.splitlines())


def _append(path: Path, entries: Mapping[str, str]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps([digest, line]) + "\n" for digest, line in entries.items())


def _key(card_digests: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(card_digests).encode()).hexdigest()[:16]
