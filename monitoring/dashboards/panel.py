"""What a dashboard is made of here, and how it becomes one of Grafana's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import LegendDisplayMode, LegendPlacement, StackingMode
from grafana_foundation_sdk.models.dashboard import DataSourceRef, VariableRefresh

WIDTH: Final = 24
"""Columns of Grafana's grid."""
RATE: Final = "$__rate_interval"
"""Window of rates: Grafana's choice, at least four readings long."""
OF_SERVICE: Final = 'service=~"$service"'
"""Selects the services that are chosen on top of the dashboard."""

_SOURCE: Final = DataSourceRef(type_val="prometheus", uid="$source")
_HEIGHT: Final = 8
_NUMBER_HEIGHT: Final = 4


@dataclass(frozen=True)
class Query:
    """A line, or several, of a panel.

    Attributes:
        expression: PromQL.
        legend: name of a line, with {{labels}}.
    """

    expression: str
    legend: str


@dataclass(frozen=True)
class Curves:
    """Lines over time.

    Attributes:
        description: what is seen, and what would be bad.
        unit: one of Grafana's, e.g. "s", "reqps", "percentunit".
        width: columns of 24.
        stacked: lines are shares of a whole.
    """

    title: str
    description: str
    unit: str
    queries: Sequence[Query]
    width: int = 12
    stacked: bool = False

    def built(self) -> timeseries.Panel:
        """For Grafana."""
        legend = common.VizLegendOptions().show_legend(True).display_mode(LegendDisplayMode.LIST)
        panel = (
            timeseries.Panel()
            .title(self.title)
            .description(self.description)
            .datasource(_SOURCE)
            .unit(self.unit)
            .legend(legend.placement(LegendPlacement.BOTTOM))
            .fill_opacity(30 if self.stacked else 5)
            .span(self.width)
            .height(_HEIGHT)
        )
        if self.stacked:
            panel = panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL))
        for query in _targets(self.queries):
            panel = panel.with_target(query)
        return panel


@dataclass(frozen=True)
class Number:
    """The newest value, large."""

    title: str
    description: str
    unit: str
    queries: Sequence[Query]
    width: int = 6

    def built(self) -> stat.Panel:
        """For Grafana."""
        panel = (
            stat.Panel()
            .title(self.title)
            .description(self.description)
            .datasource(_SOURCE)
            .unit(self.unit)
            .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
            .no_value("-")
            .span(self.width)
            .height(_NUMBER_HEIGHT)
        )
        for query in _targets(self.queries):
            panel = panel.with_target(query)
        return panel


Panel = Curves | Number


@dataclass(frozen=True)
class Dashboard:
    """A page of panels.

    Attributes:
        name: of its file, and its address in Grafana with "telltale-" before it.
        by_service: whether services can be chosen on top; queries then say `OF_SERVICE`.
        rows: panels by heading, from above.
        since: how far it looks back at first, e.g. "now-6h".
    """

    name: str
    title: str
    description: str
    rows: Sequence[tuple[str, Sequence[Panel]]]
    by_service: bool = False
    since: str = "now-6h"

    def json(self) -> str:
        """As Grafana imports it; the same text for the same data."""
        page = (
            dashboard.Dashboard(self.title)
            .uid(f"telltale-{self.name}")
            .description(self.description)
            .tags(["telltale"])
            .time(self.since, "now")
            .refresh("1m")
            .timezone("browser")
            .readonly()
            .with_variable(dashboard.DatasourceVariable("source").label("Prometheus").type("prometheus"))
        )
        if self.by_service:
            page = page.with_variable(_services())
        for heading, panels in self.rows:
            page = page.with_row(dashboard.Row(heading))
            for panel in panels:
                page = page.with_panel(panel.built())
        return JSONEncoder(sort_keys=True, indent=2).encode(page.build()) + "\n"

    def expressions(self) -> list[str]:
        """All PromQL of it."""
        return [query.expression for _, panels in self.rows for panel in panels for query in panel.queries]


def rate(counter: str, *by: str) -> str:
    """PromQL: how often a second something is counted, by labels."""
    return f"sum by ({', '.join(by)}) (rate({counter}[{RATE}]))" if by else f"sum(rate({counter}[{RATE}]))"


def part_of(part: str, whole: str, *by: str) -> str:
    """PromQL: share of what is counted in `whole` that is in `part`, too; 0 where that has not counted yet."""
    return f"({rate(part, *by)} or 0 * {rate(whole, *by)}) / {rate(whole, *by)}"


def quantile(share: float, histogram: str, *by: str, selector: str = "") -> str:
    """PromQL: what this share of the values of a histogram does not exceed."""
    chosen = f"{{{selector}}}" if selector else ""
    return f"histogram_quantile({share:g}, {rate(f'{histogram}_bucket{chosen}', *by, 'le')})"


def _targets(queries: Sequence[Query]) -> list[prometheus.Dataquery]:
    return [
        prometheus.Dataquery().expr(each.expression).legend_format(each.legend).ref_id(chr(ord("A") + place))
        for place, each in enumerate(queries)
    ]


def _services() -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable("service")
        .label("Service")
        .datasource(_SOURCE)
        .query("label_values(up, service)")
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(True)
        .include_all(True)
        .all_value(".*")
    )
