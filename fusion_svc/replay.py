"""What makes a verdict repeatable: digests of the media, the evidence and every model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import fusion_service_pb2, verdict_pb2


def evidence_sha256(evidence: Iterable[evidence_pb2.Evidence]) -> str:
    """SHA-256 of canonical evidence, lower-case hexadecimal.

    Canonical: the deterministic serialisation of a FuseRequest that holds the evidence alone, in order of cue, without the
    compute times (they differ from run to run and weigh nothing).
    """
    canonical = fusion_service_pb2.FuseRequest(evidence=sorted(evidence, key=lambda entry: entry.cue))
    for entry in canonical.evidence:
        entry.ClearField("compute_time")
    return hashlib.sha256(canonical.SerializeToString(deterministic=True)).hexdigest()


def replay(
    evidence: Iterable[evidence_pb2.Evidence], media_sha256: str, fusion_model: evidence_pb2.ModelReference
) -> verdict_pb2.Replay:
    """The replay record of one judgement; models in order of name, version and card, each once."""
    entries = list(evidence)
    models = {_key(entry.model): entry.model for entry in entries if entry.HasField("model")}
    return verdict_pb2.Replay(
        media_sha256=media_sha256,
        fusion_model=fusion_model,
        models=[models[key] for key in sorted(models)],
        evidence_sha256=evidence_sha256(entries),
    )


def _key(model: evidence_pb2.ModelReference) -> tuple[str, str, str]:
    return model.name, model.version, model.card_sha256
