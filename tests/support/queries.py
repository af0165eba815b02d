"""All queries of alerts, recorded values and dashboards."""

from __future__ import annotations

from collections.abc import Iterator

from monitoring.alerts.groups import GROUPS
from monitoring.dashboards.all import DASHBOARDS


def queries() -> Iterator[tuple[str, str]]:
    """Where it stands, and the query as Prometheus is sent it."""
    for group in GROUPS:
        for rule in group.rules:
            yield rule.name, rule.expression
    for dashboard in DASHBOARDS:
        for place, expression in enumerate(dashboard.expressions()):
            sent = expression.replace("$__rate_interval", "5m").replace("$service", ".*")
            assert "$" not in sent, sent
            yield f"{dashboard.name}.{place}", sent
