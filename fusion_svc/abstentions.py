"""Tests without an opinion, each one named: those that said so and those that never answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fusion_svc.catalogue import Catalogue, reason_name
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2


def abstentions(
    evidence: Iterable[evidence_pb2.Evidence], expected: Sequence[str], media: str, catalogue: Catalogue
) -> list[verdict_pb2.CueAbstention]:
    """All tests without an opinion, in order of name; an expected test that sent no evidence counts as unavailable."""
    reported = {entry.cue: entry for entry in evidence}
    silent = evidence_pb2.Abstention(reason=evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE)
    found = {cue: entry.abstention for cue, entry in reported.items() if entry.HasField("abstention")}
    found.update({cue: silent for cue in expected if cue not in reported})
    return [
        verdict_pb2.CueAbstention(cue=cue, abstention=found[cue], text=_text(found[cue], media, catalogue))
        for cue in sorted(found)
    ]


def _text(abstention: evidence_pb2.Abstention, media: str, catalogue: Catalogue) -> str:
    return catalogue.excuse(reason_name(abstention.reason), {**abstention.parameters, "media": catalogue.media[media]})
