"""A rollout for people, a line a step, and for programs."""

from __future__ import annotations

import math
from typing import Any

from canary.figures import Figures
from canary.rollout import Outcome, Step


def line(step: Step) -> str:
    """E.g. "25 %, 61 s: canary 130 calls, 0 errors, p99 210 ms; stable 402 calls, 1 errors, p99 204 ms; go on"."""
    decision = f"{step.decision.move}: {step.decision.why}"
    if not step.percent:
        return f"golden set, {step.took_s:.0f} s: {decision}"
    sides = f"canary {_side(step.canary)}; stable {_side(step.stable)}"
    return f"{step.percent} %, {step.took_s:.0f} s: {sides}; {decision}"


def as_document(service: str, target: str, outcome: Outcome) -> dict[str, Any]:
    """The same as JSON; durations are in milliseconds."""
    return {
        "service": service,
        "target": target,
        "promoted": outcome.good,
        "why": outcome.why,
        "steps": [
            {
                "percent": step.percent,
                "took_s": round(step.took_s, 1),
                "stable": _numbers(step.stable),
                "canary": _numbers(step.canary),
                "move": step.decision.move,
                "why": step.decision.why,
                "bounds": [
                    {"bound": each.bound, "state": each.state, "says": each.says} for each in step.decision.findings
                ],
            }
            for step in outcome.steps
        ],
    }


def _side(figures: Figures) -> str:
    calls = figures.calls
    p99 = calls.latency_ms.quantile(0.99)
    timed = "" if math.isnan(p99) else f", p99 {p99:.0f} ms"
    return f"{calls.total} calls, {calls.errors} errors{timed}"


def _numbers(figures: Figures) -> dict[str, Any]:
    calls = figures.calls
    p99 = calls.latency_ms.quantile(0.99)
    return {
        "calls": calls.total,
        "errors": calls.errors,
        "refusals": calls.refusals,
        "p99_ms": p99 if math.isfinite(p99) else None,
        "findings": {cue: sum(counts) for cue, counts in figures.findings.items()},
    }
