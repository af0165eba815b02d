"""Whether a label rests on what the file says of itself: nobody measured how often that is false, so sentences must say so."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from fusion_svc.fuse import Balance
from fusion_svc.model import Thresholds
from fusion_svc.policy import Decision
from telltale.common.v1 import evidence_pb2

# Reason codes by which a file says that a program made or changed it. Broken credentials say no such thing.
_DECLARING = frozenset(
    {
        "provenance_declares_composite",
        "provenance_declares_synthetic",
        "software_declared_composite",
        "software_declared_synthetic",
        "software_face_editor_mark",
        "software_generator_mark",
    }
)


def noting_declaration(
    decision: Decision, balance: Balance, evidence: Iterable[evidence_pb2.Evidence], labels: Thresholds
) -> Decision:
    """The same decision, marked where the file's own words reach its label and all other tests would raise no suspicion."""
    codes = {entry.cue: entry.finding.reason.code for entry in evidence if entry.HasField("finding")}
    said = math.fsum(entry.log_odds for entry in balance.contributions if codes.get(entry.cue) in _DECLARING)
    rests = decision.doubt is None and said >= labels.suspicious > balance.log_odds - said
    return replace(decision, declared=rests)
