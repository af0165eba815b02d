"""Every query of an alert and of a dashboard is one of Prometheus, and names only metrics and labels that processes have."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from kit.telemetry import exposition
from monitoring.alerts.groups import GROUPS
from monitoring.alerts.rule import Record
from tests.support.metrics import exported, queryable
from tests.support.promql import ENVOY, PROMETHEUS, grouped_by, selectors
from tests.support.queries import queries

SCRAPED = frozenset({"service", "job", "instance", "rollouts_pod_template_hash"})
"""Labels that every series has from who reads it; the last one from pods of a Rollout."""
RECORDED: Mapping[str, frozenset[str]] = {
    rule.name: grouped_by(rule.expression) - {"le"}
    for group in GROUPS
    for rule in group.rules
    if isinstance(rule, Record)
}


def known() -> dict[str, frozenset[str]]:
    return {**queryable(), **PROMETHEUS, **ENVOY, **RECORDED}


def unknown_in(query: str, metrics: Mapping[str, frozenset[str]]) -> list[str]:
    """What it names that is not there: metrics, and labels that a metric does not have."""
    wrong = []
    has: frozenset[str] = SCRAPED
    for name, labels in selectors(query):
        if name not in metrics:
            wrong.append(name)
            continue
        has |= metrics[name]
        wrong += [f"{name}{{{label}}}" for label in labels - metrics[name] - SCRAPED]
    return wrong + [f"by ({label})" for label in sorted(grouped_by(query) - has)]


def test_queries_name_only_what_is_there() -> None:
    metrics = known()
    assert {place: wrong for place, query in queries() if (wrong := unknown_in(query, metrics))} == {}


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("rate(telltale_nothing_total[5m])", ["telltale_nothing_total"]),
        ('up{cue="a"} == 0', ["up{cue}"]),
        ("sum by (cue) (up)", ["by (cue)"]),
        ('sum by (service) (rate(telltale_evidence_total{cue="x y{}", outcome!="finding"}[1h] offset 1h)) > 1e3', []),
        ("histogram_quantile(0.9, sum by (le, cue) (rate(telltale_batch_rows_bucket[1d])))", ["by (cue)"]),
    ],
)
def test_what_is_not_there_is_found(query: str, wrong: list[str]) -> None:
    assert unknown_in(query, known()) == wrong


def test_all_queries_are_parsed(tmp_path: Path) -> None:
    rules = [{"record": f"query:{place}", "expr": query} for place, (_, query) in enumerate(queries())]
    path = tmp_path / "queries.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    done = subprocess.run(["promtool", "check", "rules", str(path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(rules)} rules found" in done.stdout
    assert len(rules) == len(set(map(str, rules))) > 100


def test_every_metric_of_ours_is_looked_at_by_somebody() -> None:
    """What nobody looks at need not be counted."""
    read = {name for _, query in queries() for name, _ in selectors(query)}
    families = {name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum") for name in queryable()}
    unread = {family for family in families if not any(name.startswith(family) for name in read)}
    assert unread == {"telltale_build_info"}


def test_every_process_tells_what_is_asked_of_processes() -> None:
    told = exported([exposition()])
    assert {name for name in PROMETHEUS if name != "up"} <= set(told)
