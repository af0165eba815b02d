"""Alerts: what they name is there, what they say can be looked up, and each has been seen to fire and to stay quiet."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from kit.errors import TelltaleError
from monitoring.alerts.budget import OURS
from monitoring.alerts.groups import GROUPS, alerts
from monitoring.alerts.rule import Alert, Record
from monitoring.generate import files
from monitoring.prometheus import RULES
from telltale.common.v1 import errors_pb2
from tests.support.imports import ROOT

CASES = sorted((ROOT / "monitoring/alerts/tests").glob("*.yaml"))
RUNBOOK = ROOT / "docs/runbook.md"
_PARTS = ("- **Means** ({severity}): ", "- **Look first**: ", "- **At 3 a.m.**: ")
OURS_BY_STATUS = {"UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED"}
BOTH = {
    "OVERLOADED": True,  # RESOURCE_EXHAUSTED, of ours and not of a token's
    "STORAGE_FULL": True,
    "RATE_LIMITED": False,
    "QUOTA_EXCEEDED": False,
    "TOO_MANY_NEAR_DUPLICATES": False,
    "MODEL_INVALID": True,  # FAILED_PRECONDITION, which a caller can do nothing about
    "MODEL_UNTRUSTED": True,
    # FAILED_PRECONDITION that no caller of a running gateway is answered with, or that says no for a reason.
    "INVALID_SETTINGS": False,
    "NOT_CONFIGURED": False,
    "PROMOTION_REFUSED": False,
}


def promtool(*arguments: str) -> str:
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, timeout=280, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def cases() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Alert, what is expected ("fires", "stays quiet") and the case itself."""
    for path in CASES:
        for case in yaml.safe_load(path.read_text())["tests"]:
            found = re.fullmatch(r"(\w+) (fires|stays quiet): .+", case["name"])
            assert found, case["name"]
            yield found[1], found[2], case


def metrics_in(case: Mapping[str, Any]) -> set[str]:
    return {each["series"].partition("{")[0] for each in case["input_series"]}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_alerts_fire_and_stay_quiet_as_their_cases_say(path: Any) -> None:
    assert "SUCCESS" in promtool("test", "rules", str(path))


def test_every_alert_has_a_case_that_fires_and_one_that_stays_quiet() -> None:
    names = {alert.name for alert in alerts()}
    for wanted in ("fires", "stays quiet"):
        assert {name for name, expected, _ in cases() if expected == wanted} == names


def test_a_case_expects_what_its_name_says() -> None:
    for name, expected, case in cases():
        own = [each for each in case["promql_expr_test"] if f'ALERTS{{alertname="{name}"' in each["expr"]]
        others = [each for each in case["promql_expr_test"] if 'alertname=~"BudgetBurns.*"' in each["expr"]]
        assert own or others, case["name"]
        assert all(bool(each["exp_samples"]) == (expected == "fires") for each in own), case["name"]


def test_what_stays_quiet_has_what_it_would_fire_at() -> None:
    """Nothing is proved by an alert that stays quiet where its metrics are missing."""
    fires: dict[str, list[set[str]]] = {}
    for name, expected, case in cases():
        if expected == "fires":
            fires.setdefault(name, []).append(metrics_in(case))
    for name, expected, case in cases():
        if expected == "stays quiet":
            assert any(needed <= metrics_in(case) for needed in fires[name]), case["name"]


def test_a_case_that_fires_names_the_severity_and_the_labels_that_the_text_uses() -> None:
    by_name = {alert.name: alert for alert in alerts()}
    for name, expected, case in cases():
        if expected == "fires":
            alert, said = by_name[name], case["promql_expr_test"][0]["exp_samples"][0]["labels"]
            labels = set(re.findall(r"\$labels\.(\w+)", alert.description))
            assert f'severity="{alert.severity.value}"' in said, case["name"]
            assert labels <= set(re.findall(r"(\w+)=", said)), case["name"]


def test_an_alert_whose_threshold_is_lifted_is_caught(tmp_path: Any) -> None:
    """The cases can fail: with rules that never fire, all that should do not."""
    broken = {"groups": [{**each.document(), "rules": [_mute(rule.rule()) for rule in each.rules]} for each in GROUPS]}
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(broken))
    case = yaml.safe_load((ROOT / "monitoring/alerts/tests/guards.yaml").read_text())
    (tmp_path / "case.yaml").write_text(yaml.safe_dump({**case, "rule_files": ["rules.yaml"]}))
    done = subprocess.run(
        ["promtool", "test", "rules", str(tmp_path / "case.yaml")], capture_output=True, text=True, timeout=280
    )
    assert done.returncode != 0
    assert (done.stdout + done.stderr).count("exp:") == 3


def _mute(rule: dict[str, Any]) -> dict[str, Any]:
    return {**rule, "expr": f"({rule['expr']}) and on() vector(1) > 2"} if "alert" in rule else rule


def test_rules_are_valid() -> None:
    count = sum(len(group.rules) for group in GROUPS)
    assert f"{count} rules found" in promtool("check", "rules", str(RULES))


def test_the_operators_rules_are_the_same() -> None:
    resource = yaml.safe_load((ROOT / "k8s/components/monitoring/rules.yaml").read_text())
    assert resource["spec"]["groups"] == yaml.safe_load(RULES.read_text())["groups"]


def test_what_is_generated_is_fresh() -> None:
    stale = [name for name, text in files().items() if (ROOT / name).read_text() != text]
    assert stale == [], "run: python -m monitoring.generate"


def test_no_dashboard_is_left_over() -> None:
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "k8s/components/monitoring/dashboards").iterdir()}
    assert there == {name for name in files() if "/dashboards/" in name}


def test_every_alert_has_its_part_of_the_runbook_and_no_part_is_left_over() -> None:
    parts = dict(re.findall(r"^### (\w+)\n\n(.*?)(?=^#|\Z)", RUNBOOK.read_text(), re.DOTALL | re.MULTILINE))
    assert list(parts) == [alert.name for alert in alerts()]
    for alert in alerts():
        lines = parts[alert.name].strip().splitlines()
        beginnings = [part.format(severity=alert.severity.value) for part in _PARTS]
        assert len(lines) == len(beginnings), alert.name
        assert all(line.startswith(wanted) for line, wanted in zip(lines, beginnings, strict=True)), alert.name


def test_every_alert_says_what_is_wrong_and_where_to_look() -> None:
    for alert in alerts():
        notes = alert.rule()["annotations"]
        assert notes["summary"].endswith("."), alert.name
        assert notes["description"].endswith("."), alert.name
        assert notes["runbook_url"] == f"docs/runbook.md#{alert.name.lower()}"


def test_links_in_the_runbook_lead_somewhere() -> None:
    text = RUNBOOK.read_text()
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")}
    assert {anchor for anchor in re.findall(r"\]\(#([\w-]+)\)", text) if anchor not in headings} == set()
    for name in re.findall(r"\]\((\w+\.md)", text):
        assert (ROOT / "docs" / name).is_file(), name


def test_names_of_rules_are_unique() -> None:
    names = [rule.name for group in GROUPS for rule in group.rules if isinstance(rule, Alert | Record)]
    assert len(names) == len(set(names))


def test_every_reason_of_an_error_is_ours_or_the_callers() -> None:
    ours = set()
    for error in _with_reason(TelltaleError):
        name = error.reason_name()
        if BOTH.get(name, error.status.name in OURS_BY_STATUS):
            ours.add(name)
    assert set(OURS) == ours
    assert set(OURS) | set(BOTH) <= {each.removeprefix("ERROR_REASON_") for each in errors_pb2.ErrorReason.keys()}  # noqa: SIM118 - no dict


def _with_reason(error: type[TelltaleError]) -> Iterator[type[TelltaleError]]:
    if "reason" in vars(error):
        yield error
    for each in error.__subclasses__():
        yield from _with_reason(each)


def test_the_example_of_an_alertmanager_is_valid_and_knows_our_alerts() -> None:
    path = ROOT / "monitoring/alerts/alertmanager.example.yaml"
    done = subprocess.run(["amtool", "check-config", str(path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    names = {alert.name for alert in alerts()}
    for matcher in re.findall(r'alertname=~?"([^"]+)"', path.read_text()):
        assert any(re.fullmatch(matcher, name) for name in names), matcher
    for matcher in re.findall(r'"(\w+(?:\|\w+)+)"', path.read_text()):
        assert set(matcher.split("|")) <= names, matcher
