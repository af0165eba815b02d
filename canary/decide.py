"""What follows from what was counted: go on, wait, or roll back. Pure: no clock, no network, no process.

Every bound is kept, broken or unclear. It is broken when it is exceeded by more than chance explains (each look gets a part of
the policy's `max_chance`, so that all looks of a rollout together take no more), and unclear when it is exceeded and more calls
must tell. A version goes on when enough was seen and every bound is kept; what is broken is rolled back at once, and what is
still unclear when patience ends is rolled back, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from canary.chance import chance_of_a_look, chance_of_so_apart, psi_on_average
from canary.figures import Figures
from canary.policy import CanaryPolicy
from kit.statistics import binomial_tail, fisher_tail, psi

State = Literal["kept", "broken", "unclear"]
Move = Literal["go on", "wait", "roll back"]
_TAIL = 0.01


@dataclass(frozen=True)
class Finding:
    """One bound, and how the canary stands to it. `says` has the numbers."""

    bound: str
    state: State
    says: str


@dataclass(frozen=True)
class Decision:
    """What to do, why in one sentence, and every bound."""

    move: Move
    why: str
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Golden:
    """Both versions over the same labelled files.

    Attributes:
        auc, false_positive_rate: of (stable, canary).
        disagreement: share of items that one of them alone accuses, or on which one alone has an opinion.
        real, fake: items.
        failure: of the canary on an item that the stable version judged, in one sentence; empty where there is none.
    """

    auc: tuple[float, float]
    false_positive_rate: tuple[float, float]
    disagreement: float
    real: int
    fake: int
    failure: str = ""


def decide(policy: CanaryPolicy, stable: Figures, canary: Figures, took_s: float, reference: str = "") -> Decision:
    """The decision of a step.

    Args:
        policy: bounds and patience.
        stable: what the stable version did in the step, or in the one before where it gets no calls any more.
        canary: what the canary did in the step.
        took_s: seconds since the step began.
        reference: where `stable` is from when it is not from this step, in words.
    """
    findings = [*_bounds(policy, stable, canary)]
    broken = [each for each in findings if each.state == "broken"]
    if broken:
        return Decision("roll back", f"{broken[0].bound}: {broken[0].says}{reference}", findings)
    missing = _missing(policy, stable, canary)
    unclear = [f"{each.bound}: {each.says}" for each in findings if each.state == "unclear"]
    open_questions = missing or unclear
    if not open_questions and took_s >= policy.step_s:
        return Decision("go on", "all bounds are kept", findings)
    if took_s >= policy.patience_s:
        return Decision("roll back", f"not told within {policy.patience_s:g} s: {open_questions[0]}", findings)
    why = open_questions[0] if open_questions else f"a step takes at least {policy.step_s:g} s"
    return Decision("wait", why, findings)


def decide_golden(policy: CanaryPolicy, golden: Golden) -> Decision:
    """Whether the canary may be shown to anybody: it and the stable version judged the same files."""
    findings = [*_golden_bounds(policy, golden)]
    broken = [each for each in findings if each.state == "broken"]
    if broken:
        return Decision("roll back", f"{broken[0].bound}: {broken[0].says}", findings)
    return Decision("go on", "all bounds are kept", findings)


def _missing(policy: CanaryPolicy, stable: Figures, canary: Figures) -> list[str]:
    short = ((name, side.calls.total) for name, side in (("canary", canary), ("stable version", stable)))
    return [
        f"calls: the {name} has answered {count}, and {policy.min_calls} are needed"
        for name, count in short
        if count < policy.min_calls
    ]


def _bounds(policy: CanaryPolicy, stable: Figures, canary: Figures) -> Iterator[Finding]:
    ours, theirs = canary.calls, stable.calls
    allowed = chance_of_a_look(policy.max_chance, len(policy.steps_percent), ours.total)
    errors = (ours.errors, ours.total, theirs.errors, theirs.total)
    yield _rate("error rate", *errors, policy.max_error_rate_excess, allowed)
    yield _at_all(policy, ours.errors, ours.total)
    refusals = (ours.refusals, ours.total, theirs.refusals, theirs.total)
    yield _rate("refusal rate", *refusals, policy.max_refusal_rate_excess, allowed)
    yield _p99(policy, stable, canary, allowed)
    for cue in sorted({*stable.findings} & {*canary.findings}):
        yield _shift(policy, cue, stable.findings[cue], canary.findings[cue], allowed)


def _rate(
    bound: str, hits: int, calls: int, stable_hits: int, stable_calls: int, excess: float, allowed: float
) -> Finding:
    ours, theirs = hits / max(1, calls), stable_hits / max(1, stable_calls)
    limit = min(1.0, theirs + excess)
    says = f"{hits} of {calls} calls ({ours:.1%}), stable {stable_hits} of {stable_calls} ({theirs:.1%}), allowed {limit:.1%}"
    chance = max(binomial_tail(hits, calls, limit), fisher_tail(hits, calls, stable_hits, stable_calls))
    return Finding(bound, _state(ours > limit, chance, allowed), says)


def _at_all(policy: CanaryPolicy, errors: int, calls: int) -> Finding:
    share, limit = errors / max(1, calls), policy.max_error_rate
    # Also where the stable version fails as often: then nothing can be told of either.
    state: State = "unclear" if share > limit else "kept"
    return Finding("error rate at all", state, f"{errors} of {calls} calls ({share:.1%}), allowed {limit:.1%}")


def _p99(policy: CanaryPolicy, stable: Figures, canary: Figures, allowed: float) -> Finding:
    ours, theirs = canary.calls.latency_ms, stable.calls.latency_ms
    if not ours.total or not theirs.total:
        return Finding("p99", "kept", "no call has been timed of both")
    p99, reference = ours.quantile(1 - _TAIL), theirs.quantile(1 - _TAIL)
    limit = max(policy.max_p99_ratio * reference, reference + policy.p99_slack_ms)
    slow, stable_slow = ours.above(limit), theirs.above(limit)
    says = (
        f"{p99:.0f} ms, stable {reference:.0f} ms, allowed {limit:.0f} ms ({slow} of {ours.total} calls took longer than that, "
        f"a hundredth may)"
    )
    # The bound on the percentile says the same as: no more than a hundredth of all calls is slower than this.
    # The limit itself is known from few calls, so the stable version is held against it, too.
    chance = max(binomial_tail(slow, ours.total, _TAIL), fisher_tail(slow, ours.total, stable_slow, theirs.total))
    return Finding("p99", _state(slow / ours.total > _TAIL, chance, allowed), says)


def _shift(policy: CanaryPolicy, cue: str, theirs: Sequence[int], ours: Sequence[int], allowed: float) -> Finding:
    bound, found = f"findings of {cue}", psi(theirs, ours)
    if math.isnan(found):
        return Finding(bound, "kept", "nothing was found by both")
    # Few values alone make an index that is large, on average by as much as is taken off here.
    usual = psi_on_average(ours, theirs)
    says = (
        f"PSI {found:.2f} over {sum(ours)} answers, stable {sum(theirs)}, allowed {policy.max_psi:g} above the {usual:.2f} that "
        f"so few answers make on average"
    )
    return Finding(bound, _state(found - usual > policy.max_psi, chance_of_so_apart(ours, theirs), allowed), says)


def _state(above: bool, chance: float, allowed: float) -> State:
    if not above:
        return "kept"
    return "broken" if chance < allowed else "unclear"


def _golden_bounds(policy: CanaryPolicy, golden: Golden) -> Iterator[Finding]:
    needed = policy.min_golden_per_label
    if min(golden.real, golden.fake) < needed:
        says = f"{golden.real} real and {golden.fake} fake items, and {needed} of each are needed"
        yield Finding("golden set", "broken", says)
        return
    if golden.failure:
        yield Finding(
            "golden set", "broken", f"the canary could not judge what the stable version did: {golden.failure}"
        )
    (stable_auc, auc), (stable_rate, rate) = golden.auc, golden.false_positive_rate
    yield _worse(
        "golden AUC", stable_auc - auc > policy.max_auc_loss, f"{auc:.4f}, stable {stable_auc:.4f}", policy.max_auc_loss
    )
    excess = policy.max_false_positive_rate_excess
    told = f"{rate:.1%} of {golden.real} real items accused, stable {stable_rate:.1%}"
    yield _worse("golden false positive rate", rate - stable_rate > excess, told, excess)
    told = f"{golden.disagreement:.1%} of {golden.real + golden.fake} items are judged otherwise"
    yield _worse("disagreement", golden.disagreement > policy.max_disagreement, told, policy.max_disagreement)


def _worse(bound: str, worse: bool, says: str, allowed: float) -> Finding:
    return Finding(bound, "broken" if worse else "kept", f"{says}, allowed {allowed:g}")
