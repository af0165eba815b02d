"""A canary's bounds as questions to Prometheus, whose numbers are those of the policy.

The versions are told apart by the hash that Argo Rollouts gives their pods. Prometheus has no exact tests, so chance is
allowed for by the normal approximation: a rate counts as broken when it exceeds its bound by so many standard deviations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from canary.policy import CanaryPolicy
from kit.statistics import chi_squared_quantile

HASH_LABEL: Final = "rollouts_pod_template_hash"
ERRORS: Final = "UNKNOWN|DEADLINE_EXCEEDED|RESOURCE_EXHAUSTED|ABORTED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS"
"""Statuses that are a version's own failure: those that `canary.figures` counts as errors, by name."""
_REFUSALS_BY_STATE = ("NOT_FOUND", "ALREADY_EXISTS", "FAILED_PRECONDITION", "OUT_OF_RANGE")
REFUSALS: Final = "|".join(
    ("CANCELLED", "INVALID_ARGUMENT", "PERMISSION_DENIED", "UNAUTHENTICATED", *_REFUSALS_BY_STATE)
)
"""Statuses that the caller brought about."""
CLASSES: Final = "telltale:findings:class"
"""Recorded: findings of a test by class of log-odds, and how often it had none."""
EDGES: Final = ("-8.0", "-4.0", "-2.0", "-1.0", "-0.5", "0.0", "0.5", "1.0", "2.0", "4.0", "8.0", "+Inf")

_CALLS: Final = "rpc_server_call_duration_seconds"
_OURS: Final = "{{args.canary}}"
_THEIRS: Final = "{{args.stable}}"
_BY: Final = f"service, cue, {HASH_LABEL}"


@dataclass(frozen=True)
class Bound:
    """A bound as Argo Rollouts measures it.

    Attributes:
        query: gives one number, or nothing while too little was seen.
        kept, broken: what that number must not exceed to be kept, and must exceed to be broken; in between it is unclear.
    """

    name: str
    query: str
    kept: float
    broken: float


def enough(policy: CanaryPolicy) -> str:
    """Calls of the canary and of the stable version, the fewer of both."""
    ours, theirs = (f"({_total(*side)} or vector(0))" for side in ((_OURS, _window(policy)), (_THEIRS, _REFERENCE)))
    return f"({ours} <= {theirs}) or {theirs}"


def bounds(policy: CanaryPolicy) -> Iterator[Bound]:
    """All bounds that calls can break."""
    deviations = NormalDist().inv_cdf(1 - policy.max_chance)
    yield Bound("error-rate", _excess(policy, ERRORS, policy.max_error_rate_excess), 0, deviations)
    yield Bound("refusal-rate", _excess(policy, REFUSALS, policy.max_refusal_rate_excess), 0, deviations)
    # Nothing can be told where both versions fail, and it is not let through: unclear until patience ends.
    share = f"{_count(_OURS, _window(policy), ERRORS)} / {_total(_OURS, _window(policy))}"
    yield Bound("error-rate-at-all", _gated(policy, share), policy.max_error_rate, 1)
    slowness = f"{_p99(_OURS, _window(policy))} / {_p99(_THEIRS, _REFERENCE)}"
    yield Bound("p99", _gated(policy, slowness), policy.max_p99_ratio, policy.max_p99_ratio)
    yield Bound("findings", _shift(policy), policy.max_psi, policy.max_psi)
    yield Bound("shadow", _disagreement(policy), policy.max_disagreement, policy.max_disagreement)
    yield Bound("golden-auc", _golden("min", "telltale_golden_auc", -1), policy.max_auc_loss, policy.max_auc_loss)
    excess = policy.max_false_positive_rate_excess
    yield Bound("golden-fpr", _golden("max", "telltale_golden_false_positive_rate", 1), excess, excess)


def class_rules(policy: CanaryPolicy) -> Iterator[dict[str, object]]:
    """Recording rules: every class of findings within the window, of each version of each service."""
    below = ""
    for edge in EDGES:
        upto = f'sum by ({_BY}) (increase(telltale_finding_log_odds_bucket{{le="{edge}"}}[{_window(policy)}]))'
        yield _rule(f"{upto} - {below}" if below else upto, edge)
        below = upto
    silent = f'increase(telltale_evidence_total{{outcome!="finding"}}[{_window(policy)}])'
    yield _rule(f"sum by ({_BY}) ({silent})", "none")


_REFERENCE: Final = "{{args.reference}}"


def _rule(expression: str, place: str) -> dict[str, object]:
    return {"record": CLASSES, "expr": expression, "labels": {"class": place}}


def _window(policy: CanaryPolicy) -> str:
    # No longer than a step may last: what was seen with fewer calls is forgotten.
    return f"{policy.patience_s:.0f}s"


def _selector(version: str, *more: str) -> str:
    return "{" + ", ".join(('service="{{args.service}}"', f'{HASH_LABEL}="{version}"', *more)) + "}"


def _total(version: str, window: str) -> str:
    return f"sum(increase({_CALLS}_count{_selector(version)}[{window}]))"


def _count(version: str, window: str, statuses: str) -> str:
    chosen = _selector(version, f'rpc_response_status_code=~"{statuses}"')
    return f"(sum(increase({_CALLS}_count{chosen}[{window}])) or vector(0))"


def _p99(version: str, window: str) -> str:
    return f"histogram_quantile(0.99, sum by (le) (rate({_CALLS}_bucket{_selector(version)}[{window}])))"


def _gated(policy: CanaryPolicy, value: str) -> str:
    ours, theirs = _total(_OURS, _window(policy)), _total(_THEIRS, _REFERENCE)
    return f"({value}) and on() ({ours} >= {policy.min_calls}) and on() ({theirs} >= {policy.min_calls})"


def _excess(policy: CanaryPolicy, statuses: str, excess: float) -> str:
    """By how many standard deviations the canary's count exceeds the most that its calls may have."""
    window = _window(policy)
    ours, calls = _count(_OURS, window, statuses), _total(_OURS, window)
    limit = f"clamp_max({_count(_THEIRS, _REFERENCE, statuses)} / {_total(_THEIRS, _REFERENCE)} + {excess:g}, 0.999)"
    return _gated(policy, f"({ours} - {calls} * {limit}) / sqrt({calls} * {limit} * (1 - {limit}))")


def _shift(policy: CanaryPolicy) -> str:
    """The largest population stability index of a test, as far as chance does not explain it; 0 where nothing was found."""
    ours, theirs = _classes(_OURS), _classes(_THEIRS)
    # Half a value more in every class that counts, as in `kit.statistics.psi`.
    counts = f"({ours} + on(cue, class) {theirs} > 0)"
    smooth_ours, smooth_theirs = (f"(({side} + 0.5) and on(cue, class) {counts})" for side in (ours, theirs))
    share_ours, share_theirs = (
        f"({side} / on(cue) group_left() sum by (cue) ({side}))" for side in (smooth_ours, smooth_theirs)
    )
    apart = f"({share_ours} - on(cue, class) {share_theirs}) * on(cue, class) ln({share_ours} / on(cue, class) {share_theirs})"
    index = f"sum by (cue) ({apart})"
    noise = f"{_chi_square(policy):.2f} * (1 / sum by (cue) ({ours}) + 1 / sum by (cue) ({theirs}))"
    return _gated(policy, f"max(({index}) > ({noise})) or vector(0)")


def _classes(version: str) -> str:
    return f"sum by (cue, class) ({CLASSES}{_selector(version)})"


def _chi_square(policy: CanaryPolicy) -> float:
    # One class more than edges, for answers without a finding, and one less for the sum that is given.
    return chi_squared_quantile(len(EDGES), 1 - policy.max_chance)


def _disagreement(policy: CanaryPolicy) -> str:
    """The largest share of opinions of a test in which the shadow of the pods that serve now differs; 0 without a shadow."""
    compared = 'telltale_shadow_compared_total{service="{{args.service}}"'
    differs = f'sum by (cue) (increase({compared}, same="false"}}[{_window(policy)}]))'
    total = f"sum by (cue) (increase({compared}}}[{_window(policy)}]))"
    return f"max({differs} / ({total} >= {policy.min_calls})) or vector(0)"


def _golden(extreme: str, metric: str, sign: int) -> str:
    """By how much the system's answers to the golden set have become worse in an hour; 0 where nobody asks it for them."""
    change = f"({extreme} by (medium) ({metric}) - {extreme} by (medium) ({metric} offset 1h))"
    return f"max({sign} * {change}) or vector(0)"
