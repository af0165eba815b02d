"""All rules."""

from __future__ import annotations

from typing import Final

from monitoring.alerts import budget, critical, guards, latency, models, patterns, resources, watchers
from monitoring.alerts.rule import Alert, Group

GROUPS: Final[tuple[Group, ...]] = (
    critical.GROUP,
    budget.GROUP,
    latency.GROUP,
    resources.GROUP,
    models.GROUP,
    patterns.GROUP,
    guards.GROUP,
    watchers.GROUP,
)


def alerts() -> list[Alert]:
    """All alerts, in order."""
    return [each for group in GROUPS for each in group.rules if isinstance(each, Alert)]
