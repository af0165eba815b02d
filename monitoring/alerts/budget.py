"""The error budget: how many calls may fail by a fault of ours, and how fast that is used up.

Windows and factors are those of the Site Reliability Workbook (Google 2018), chapter 5, "multiwindow, multi-burn-rate alerts".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from monitoring.alerts.rule import Alert, Group, Record, Severity

OBJECTIVE: Final = 0.995
"""Share of calls that do not fail by a fault of ours, over 30 days."""
BUDGET: Final = round(1 - OBJECTIVE, 6)

OURS: Final = (
    "DEADLINE_EXCEEDED",
    "DETECTOR_UNAVAILABLE",
    "INTERNAL",
    "MODEL_INVALID",
    "MODEL_UNTRUSTED",
    "OVERLOADED",
    "SANDBOX_UNAVAILABLE",
    "SCANNER_UNAVAILABLE",
    "STORAGE_FULL",
    "STORAGE_UNAVAILABLE",
)
"""Reasons of errors that are a fault of ours. All others are the caller's: what was sent, by whom, how much, or that it left."""

WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
LEAST_FAILED: Final = 10
"""Calls that must have failed within the long window: one failure of three calls at night wakes nobody."""

_SECONDS: Final = {"1h": 3600, "6h": 6 * 3600, "1d": 24 * 3600, "3d": 72 * 3600}


@dataclass(frozen=True)
class _Burn:
    """How fast the budget may go before somebody hears of it: `factor` times the rate that uses it up in 30 days."""

    name: str
    factor: float
    long: str
    short: str
    for_: str
    severity: Severity


_BURNS: Final = (
    _Burn("BudgetBurnsAtOnce", 14.4, "1h", "5m", "2m", Severity.PAGE),
    _Burn("BudgetBurnsFast", 6, "6h", "30m", "15m", Severity.PAGE),
    _Burn("BudgetBurnsSteadily", 3, "1d", "2h", "1h", Severity.TICKET),
    _Burn("BudgetBurnsSlowly", 1, "3d", "6h", "3h", Severity.TICKET),
)


def calls(window: str) -> str:
    """Name of the recorded rate of all calls, per second."""
    return f"telltale:calls:rate{window}"


def failed(window: str) -> str:
    """Name of the recorded rate of calls that failed by a fault of ours, per second."""
    return f"telltale:failed_calls:rate{window}"


def failed_share(window: str) -> str:
    """PromQL: share of the calls that failed by a fault of ours."""
    return f"{failed(window)} / {calls(window)}"


def _records() -> Iterator[Record]:
    reasons = "|".join(OURS)
    for window in WINDOWS:
        # Calls that never came to a gateway are counted by Envoy alone: a gateway's own errors travel as 200 with a gRPC status.
        edge = f'envoy_cluster_upstream_rq_xx{{envoy_cluster_name="gateway", envoy_response_code_class="5"}}[{window}]'
        unanswered = f"(sum(rate({edge})) or vector(0))"
        answered = f"sum(rate(telltale_gateway_calls_total[{window}]))"
        ours = f'(sum(rate(telltale_gateway_calls_total{{outcome=~"{reasons}"}}[{window}])) or vector(0))'
        yield Record(calls(window), f"({answered} or vector(0)) + {unanswered}")
        yield Record(failed(window), f"{ours} + {unanswered}")


def _alert(burn: _Burn) -> Alert:
    most = f"{burn.factor * BUDGET:.4g}"
    both = f"{failed_share(burn.long)} > {most} and {failed_share(burn.short)} > {most}"
    enough = f"{failed(burn.long)} * {_SECONDS[burn.long]} >= {LEAST_FAILED}"
    return Alert(
        burn.name,
        f"{both} and {enough}",
        burn.for_,
        burn.severity,
        f"Calls fail so often that the error budget of 30 days would last {30 / burn.factor:.3g} days.",
        f"{{{{ $value | humanizePercentage }}}} of the calls of the last {burn.long} failed by a fault of ours; "
        f"{BUDGET:.1%} is the budget.",
    )


GROUP: Final = Group("telltale-budget", "30s", (*_records(), *(_alert(burn) for burn in _BURNS)))
