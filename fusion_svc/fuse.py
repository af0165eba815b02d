"""Additive fusion: log-odds = prior + sum of weight * quality * log-likelihood ratio.

That is naive Bayes with discounts: a weight is what a test adds beyond the others. For fusion in log-odds see Brümmer and
du Preez, "Application-independent evaluation of speaker detection" (2006). Weights and prior may depend on which tests spoke
and on the size of a picture; they are chosen before anything is added up, so each contribution stays exact.

Where a kind of media has a timeline, a test with spans is weighed by what it says of the decisive stretch. The more stretches
were searched for it, the higher the highest comes out by chance, so the prior pays for the search.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from fusion_svc.model import KindParameters
from fusion_svc.segments import Search, Stretch
from fusion_svc.timeline import Timeline, timeline
from fusion_svc.weights import weights_for
from kit.errors import InvalidRequest
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2

_REASONS = frozenset(evidence_pb2.AbstentionReason.values()) - {evidence_pb2.ABSTENTION_REASON_UNSPECIFIED}


@dataclass(frozen=True)
class Seen:
    """How much of the media was examined."""

    looked_at_s: float
    heard_s: float
    # Tracks of people.
    people: int


@dataclass(frozen=True)
class Balance:
    """The weighed evidence. Log-odds are natural; positive speaks for manipulation."""

    # Strongest first, then by name.
    contributions: tuple[verdict_pb2.Contribution, ...]
    prior_log_odds: float
    log_odds: float
    # Sum of weight * quality over all findings; of a test with spans, the share of the decisive stretch that it looked at.
    usable_evidence: float
    # The stretch that decides, and all that look suspicious, worst first. Without spans there are none.
    decisive: Stretch | None = None
    segments: tuple[Stretch, ...] = ()
    # Tests that are weighed by what they say of the decisive stretch.
    timed: frozenset[str] = frozenset()
    seen: Seen | None = None

    @property
    def speaking_for(self) -> float:
        """Sum of all positive contributions, >= 0."""
        return math.fsum(entry.log_odds for entry in self.contributions if entry.log_odds > 0)

    @property
    def speaking_against(self) -> float:
        """Sum of all negative contributions, <= 0."""
        return math.fsum(entry.log_odds for entry in self.contributions if entry.log_odds < 0)


def weigh(
    evidence: Iterable[evidence_pb2.Evidence], parameters: KindParameters, media: media_pb2.MediaInfo | None = None
) -> Balance:
    """Weighs all findings; a test that the model does not know weighs nothing.

    Without `media`, they are taken for small.
    """
    findings = heard_of([entry for entry in evidence if entry.HasField("finding")], parameters.one_sided)
    parameters = weights_for(parameters, findings, media)
    if parameters.search_discount is not None:
        found = timeline(findings, parameters.weights)
        if found is not None:
            return _weigh_search(findings, parameters, Search(found, parameters.min_evidence))
    return _sum([_contribution(entry, parameters) for entry in findings], parameters.prior_log_odds)


def heard_of(findings: Sequence[evidence_pb2.Evidence], one_sided: Collection[str]) -> list[evidence_pb2.Evidence]:
    """The findings as they are weighed: what a one-sided test says against manipulation counts as nothing said."""
    return [_accusation(entry) if entry.cue in one_sided else entry for entry in findings]


def prior(parameters: KindParameters, stretches: int) -> float:
    """Log-odds before any evidence, after a search among this many stretches."""
    return parameters.prior_log_odds - (parameters.search_discount or 0.0) * math.log(stretches)


def _weigh_search(findings: Sequence[evidence_pb2.Evidence], parameters: KindParameters, search: Search) -> Balance:
    worst = search.worst
    entries = [
        _contribution(entry, parameters, worst.ratios.get(entry.cue, entry.finding.log_likelihood_ratio))
        for entry in findings
    ]
    balance = _sum(entries, prior(parameters, search.stretches), worst.shares)
    rest = math.fsum([balance.prior_log_odds, *(entry.log_odds for entry in entries if entry.cue not in worst.ratios)])
    return replace(
        balance,
        decisive=replace(worst.stretch, log_odds=balance.log_odds),
        segments=tuple(search.at_least(parameters.labels.suspicious, rest)),
        timed=frozenset(worst.ratios),
        seen=_seen(search.timeline),
    )


def _accusation(entry: evidence_pb2.Evidence) -> evidence_pb2.Evidence:
    heard = evidence_pb2.Evidence()
    heard.CopyFrom(entry)
    heard.finding.log_likelihood_ratio = max(0.0, heard.finding.log_likelihood_ratio)
    for span in heard.finding.spans:
        span.log_likelihood_ratio = max(0.0, span.log_likelihood_ratio)
    return heard


def _seen(timeline: Timeline) -> Seen:
    people = sum(grid.track_id is not None for grid in timeline.people)
    return Seen(timeline.examined_s(heard=False), timeline.examined_s(heard=True), people)


def _sum(
    entries: Sequence[verdict_pb2.Contribution], prior_log_odds: float, shares: Mapping[str, float] | None = None
) -> Balance:
    ordered = sorted(entries, key=lambda entry: (-abs(entry.log_odds), entry.cue))
    looked = shares or {}
    return Balance(
        contributions=tuple(ordered),
        prior_log_odds=prior_log_odds,
        # fsum rounds once, so the sum is exact in any order.
        log_odds=math.fsum([prior_log_odds, *(entry.log_odds for entry in ordered)]),
        usable_evidence=math.fsum(entry.weight * entry.quality * looked.get(entry.cue, 1.0) for entry in ordered),
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
    if not all(math.isfinite(span.log_likelihood_ratio) for span in finding.spans):
        raise InvalidRequest(f"evidence {cue!r}: the log_likelihood_ratio of a span must be a finite number", cue=cue)


def _contribution(
    entry: evidence_pb2.Evidence, parameters: KindParameters, ratio: float | None = None
) -> verdict_pb2.Contribution:
    """What a finding adds with its own log-likelihood ratio, or with that of a stretch."""
    finding, weight = entry.finding, parameters.weights.get(entry.cue, 0.0)
    value = finding.log_likelihood_ratio if ratio is None else ratio
    return verdict_pb2.Contribution(
        cue=entry.cue,
        # Adding zero turns -0.0 into 0.0.
        log_odds=weight * finding.quality * value + 0.0,
        log_likelihood_ratio=value,
        quality=finding.quality,
        weight=weight,
    )
