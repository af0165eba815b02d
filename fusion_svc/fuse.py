"""Additive fusion: log-odds = prior + sum of weight * quality * log-likelihood ratio.

That is naive Bayes with discounts: a weight is what a test adds beyond the others. For fusion in log-odds see Brümmer and
du Preez, "Application-independent evaluation of speaker detection" (2006).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fusion_svc.model import FusionParameters
from kit.errors import InvalidRequest
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2

_REASONS = frozenset(evidence_pb2.AbstentionReason.values()) - {evidence_pb2.ABSTENTION_REASON_UNSPECIFIED}


@dataclass(frozen=True)
class Balance:
    """The weighed evidence. Log-odds are natural; positive speaks for manipulation."""

    # Strongest first, then by name.
    contributions: tuple[verdict_pb2.Contribution, ...]
    log_odds: float
    # Sum of weight * quality over all findings.
    usable_evidence: float

    @property
    def speaking_for(self) -> float:
        """Sum of all positive contributions, >= 0."""
        return math.fsum(entry.log_odds for entry in self.contributions if entry.log_odds > 0)

    @property
    def speaking_against(self) -> float:
        """Sum of all negative contributions, <= 0."""
        return math.fsum(entry.log_odds for entry in self.contributions if entry.log_odds < 0)


def weigh(evidence: Iterable[evidence_pb2.Evidence], parameters: FusionParameters) -> Balance:
    """Weighs all findings; a test that the model does not know weighs nothing."""
    findings = [entry for entry in evidence if entry.HasField("finding")]
    entries = [_contribution(entry, parameters.weights.get(entry.cue, 0.0)) for entry in findings]
    entries.sort(key=lambda entry: (-abs(entry.log_odds), entry.cue))
    return Balance(
        contributions=tuple(entries),
        # fsum rounds once, so the sum is exact in any order.
        log_odds=math.fsum([parameters.prior_log_odds, *(entry.log_odds for entry in entries)]),
        usable_evidence=math.fsum(entry.weight * entry.quality for entry in entries),
    )


def check(evidence: Sequence[evidence_pb2.Evidence]) -> None:
    """Holds evidence against the contract, for callers that do not come through the server.

    Raises:
        InvalidRequest: a test appears twice, has no outcome or no reason, or gives numbers out of range (NaN included).
    """
    seen: set[str] = set()
    for entry in evidence:
        if entry.cue in seen:
            raise InvalidRequest(f"evidence {entry.cue!r} appears more than once; send it once", cue=entry.cue)
        seen.add(entry.cue)
        if entry.HasField("finding"):
            _check_finding(entry.cue, entry.finding)
        elif entry.abstention.reason not in _REASONS:
            raise InvalidRequest(
                f"evidence {entry.cue!r} has no finding and no reason for that; set one", cue=entry.cue
            )


def _check_finding(cue: str, finding: evidence_pb2.Finding) -> None:
    # NaN fails every comparison, so both rules refuse it.
    if not -20 <= finding.log_likelihood_ratio <= 20:
        raise InvalidRequest(f"evidence {cue!r}: log_likelihood_ratio must lie in [-20, 20]", cue=cue)
    if not 0 <= finding.quality <= 1:
        raise InvalidRequest(f"evidence {cue!r}: quality must lie in [0, 1]", cue=cue)


def _contribution(entry: evidence_pb2.Evidence, weight: float) -> verdict_pb2.Contribution:
    finding = entry.finding
    return verdict_pb2.Contribution(
        cue=entry.cue,
        # Adding zero turns -0.0 into 0.0.
        log_odds=weight * finding.quality * finding.log_likelihood_ratio + 0.0,
        log_likelihood_ratio=finding.log_likelihood_ratio,
        quality=finding.quality,
        weight=weight,
    )
