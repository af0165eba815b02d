"""The dashboards as Grafana gets them: panels lie side by side, and say what they show."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from monitoring.dashboards.all import DASHBOARDS, documents
from monitoring.dashboards.panel import WIDTH, Dashboard

PAGES = {name: json.loads(text) for name, text in documents().items()}
UNITS = {"s", "reqps", "ops", "percentunit", "short", "none", "bytes"}


def panels(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for panel in page["panels"]:
        yield panel
        yield from panel.get("panels", [])


def shown(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in panels(page) if panel["type"] != "row"]


def test_there_is_one_for_each_question() -> None:
    assert set(PAGES) == {"traffic", "scores", "golden", "errors", "resources", "drift", "canaries"}
    assert len({page["uid"] for page in PAGES.values()}) == len(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_panels_do_not_overlap_and_stay_on_the_page(name: str) -> None:
    taken = [panel["gridPos"] for panel in panels(PAGES[name])]
    for place in taken:
        assert place["w"] > 0
        assert place["h"] > 0
        assert 0 <= place["x"] <= place["x"] + place["w"] <= WIDTH
    for one, other in itertools.combinations(taken, 2):
        apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert apart, (one, other)


@pytest.mark.parametrize("name", PAGES)
def test_lines_of_panels_fill_the_page(name: str) -> None:
    """A hole would be where somebody looks for a panel that is not there."""
    widths: dict[int, int] = {}
    for panel in shown(PAGES[name]):
        widths[panel["gridPos"]["y"]] = widths.get(panel["gridPos"]["y"], 0) + panel["gridPos"]["w"]
    assert set(widths.values()) == {WIDTH}


@pytest.mark.parametrize("name", PAGES)
def test_panels_say_what_they_show_and_in_which_unit(name: str) -> None:
    titles = [panel["title"] for panel in shown(PAGES[name])]
    for panel in shown(PAGES[name]):
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "$source"}
        assert panel["targets"], panel["title"]
        assert all(target["expr"] and target["legendFormat"] for target in panel["targets"])
        references = [target["refId"] for target in panel["targets"]]
        assert len(references) == len(set(references))
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.name)
def test_services_can_be_chosen_where_queries_ask_for_them(dashboard: Dashboard) -> None:
    page = PAGES[dashboard.name]
    variables = {each["name"] for each in page["templating"]["list"]}
    used = set(re.findall(r"\$(\w+)", json.dumps(page))) - {"__rate_interval"}
    assert variables == used


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda each: each.name)
def test_legends_name_labels_that_the_query_leaves(dashboard: Dashboard) -> None:
    for _, own in dashboard.rows:
        for query in (query for panel in own for query in panel.queries):
            labels = set(re.findall(r"{{(\w+)}}", query.legend))
            outer = re.findall(r"\bby \(([^)]*)\)", query.expression)
            if outer:
                left = {label.strip() for each in outer for label in each.split(",")}
                assert labels <= left, query


def test_all_are_in_the_manual() -> None:
    from tests.support.imports import ROOT

    manual = (ROOT / "docs/operations.md").read_text()
    assert [name for name in PAGES if f"| `{name}` |" not in manual] == []
