"""What the shipped detectors say about labelled pictures: the table that fusion is fitted on and benchmarks read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from google.protobuf import json_format
from tqdm import tqdm

from colab_training.examiner import Examiner
from colab_training.metrics import Floats
from telltale.fusion.v1 import fusion_service_pb2

EvidenceOf = fusion_service_pb2.FuseRequest
_CALLS = 2


def collect(examiner: Examiner, files: Sequence[Path], cache: Path) -> list[EvidenceOf]:
    """Media facts and evidence per file, from `cache` where the same models examined the same list of files before."""
    path = cache / f"evidence-{_key(examiner, files)}.jsonl"
    if not path.is_file():
        with ThreadPoolExecutor(_CALLS) as pool:
            lines = list(tqdm(pool.map(lambda file: _line(examiner, file), files), "evidence", len(files)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")
    return [json_format.Parse(line, EvidenceOf()) for line in path.read_text(encoding="utf-8").split("\n")]


def weighed_ratios(table: Sequence[EvidenceOf], cues: Sequence[str]) -> Floats:
    """quality * log-likelihood ratio by picture and cue, (N, C); 0 where a cue abstained."""
    ratios = np.zeros((len(table), len(cues)))
    for position, row in enumerate(table):
        for evidence in row.evidence:
            if evidence.HasField("finding") and evidence.cue in cues:
                found = evidence.finding
                ratios[position, cues.index(evidence.cue)] = found.quality * found.log_likelihood_ratio
    return ratios


def _line(examiner: Examiner, file: Path) -> str:
    info, evidence = examiner.examine(file)
    for entry in evidence:
        if entry.HasField("finding"):
            entry.finding.ClearField("map")  # large, and nothing downstream looks at it
    return json_format.MessageToJson(EvidenceOf(media=info, evidence=evidence), indent=None)


def _key(examiner: Examiner, files: Iterable[Path]) -> str:
    parts = [*examiner.card_digests, *(str(file) for file in files)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
