"""All dashboards."""

from __future__ import annotations

from typing import Final

from monitoring.dashboards.canaries import CANARIES
from monitoring.dashboards.models import DRIFT, GOLDEN, SCORES
from monitoring.dashboards.operations import ERRORS, RESOURCES
from monitoring.dashboards.panel import Dashboard
from monitoring.dashboards.traffic import TRAFFIC

DASHBOARDS: Final[tuple[Dashboard, ...]] = (TRAFFIC, SCORES, GOLDEN, ERRORS, RESOURCES, DRIFT, CANARIES)


def documents() -> dict[str, str]:
    """JSON by name of the dashboard."""
    return {each.name: each.json() for each in DASHBOARDS}
