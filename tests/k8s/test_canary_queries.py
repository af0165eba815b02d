"""The bounds of a cluster's canaries, asked of a real Prometheus' engine with the numbers of good and of worse versions."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml

from canary import figures
from canary.cluster import analysis
from canary.policy import read_policy
from canary.queries import ERRORS, REFUSALS, Bound, bounds, enough

POLICY = read_policy()
MINUTES = 20
# Calls a minute, so that the canary has answered two hundred within the ten minutes that are looked at.
CANARY_RATE, STABLE_RATE = 20, 400
ARGUMENTS = {"service": "image-svc", "canary": "new", "stable": "old", "reference": "600s"}
GOOD = {"rate": CANARY_RATE, "errors": 0.0, "fast": 1.0, "class": "0.5"}


def series(name: str, labels: Mapping[str, str], rate: float) -> dict[str, str]:
    inside = ",".join(f'{key}="{value}"' for key, value in {"service": "image-svc", **labels}.items())
    return {"series": f"{name}{{{inside}}}", "values": f"0+{rate}x{MINUTES}"}


def version(hash_: str, rate: float, errors: float, fast: float, findings: str) -> list[dict[str, str]]:
    """A version's calls a minute, the share of them that fail, that is below 0.1 s, and the class of all its findings."""
    pods = {"rollouts_pod_template_hash": hash_}
    duration = "rpc_server_call_duration_seconds"
    found = []
    for code, share in (("OK", 1 - errors), ("INTERNAL", errors)):
        labels = {**pods, "rpc_method": "telltale.image.v1.ImageService/AnalyzeImage", "rpc_response_status_code": code}
        found.append(series(f"{duration}_count", labels, rate * share))
        for edge, below in (("0.05", 0.0), ("0.1", fast), ("1.0", 1.0), ("+Inf", 1.0)):
            found.append(series(f"{duration}_bucket", {**labels, "le": edge}, rate * share * below))
    edges = ("-8.0", "-4.0", "-2.0", "-1.0", "-0.5", "0.0", "0.5", "1.0", "2.0", "4.0", "8.0", "+Inf")
    for edge in edges:
        below = float(edge) >= float(findings)
        found.append(series("telltale_finding_log_odds_bucket", {**pods, "cue": "noise", "le": edge}, rate * below))
    return found


def verdicts(tmp_path: Path, canary: Mapping[str, Any]) -> dict[str, str]:
    """What each bound is after twenty minutes: kept, broken or unclear."""
    new = version("new", canary["rate"], canary["errors"], canary["fast"], canary["class"])
    old = version("old", STABLE_RATE, 0.0, 1.0, "0.5")
    [rules] = [each["spec"] for each in analysis(POLICY) if each["kind"] == "PrometheusRule"]
    alerts = [
        {"alert": f"{bound.name}.{state}", "expr": expression}
        for bound in bounds(POLICY)
        for state, expression in conditions(bound).items()
    ]
    everything = [*rules["groups"], {"name": "bounds", "rules": alerts}]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": everything}))
    names = [{"eval_time": f"{MINUTES}m", "alertname": alert["alert"], "exp_alerts": []} for alert in alerts]
    test = {"interval": "1m", "input_series": [*new, *old], "alert_rule_test": names}
    (tmp_path / "test.yaml").write_text(yaml.safe_dump({"rule_files": ["rules.yaml"], "tests": [test]}))
    done = subprocess.run(
        ["promtool", "test", "rules", str(tmp_path / "test.yaml")], capture_output=True, text=True, timeout=60
    )
    said = done.stdout + done.stderr
    # A test that expects no alert at all names those that fire.
    return {
        bound.name: next((state for state in ("kept", "broken") if f"{bound.name}.{state}" in said), "unclear")
        for bound in bounds(POLICY)
    }


def conditions(bound: Bound) -> dict[str, str]:
    query = bound.query
    for name, value in ARGUMENTS.items():
        query = query.replace(f"{{{{args.{name}}}}}", value)
    assert "args." not in query
    return {"kept": f"({query}) <= {bound.kept}", "broken": f"({query}) > {bound.broken}"}


def test_a_good_version_keeps_every_bound(tmp_path: Path) -> None:
    assert set(verdicts(tmp_path, GOOD).values()) == {"kept"}


@pytest.mark.parametrize(
    ("worse", "broken"),
    [
        ({"errors": 0.1}, {"error-rate"}),
        ({"fast": 0.0}, {"p99"}),
        ({"class": "4.0"}, {"findings"}),
    ],
    ids=["errors", "slow", "worse scores at the same speed"],
)
def test_a_worse_version_breaks_its_bound(tmp_path: Path, worse: dict[str, Any], broken: set[str]) -> None:
    found = verdicts(tmp_path, GOOD | worse)
    assert {name for name, state in found.items() if state == "broken"} == broken


def test_a_few_errors_more_are_unclear_before_they_are_broken(tmp_path: Path) -> None:
    assert verdicts(tmp_path, GOOD | {"errors": 0.015})["error-rate"] == "unclear"


def test_nothing_is_told_of_too_few_calls(tmp_path: Path) -> None:
    found = verdicts(tmp_path, GOOD | {"rate": 2, "errors": 0.5})
    assert {found[name] for name in ("error-rate", "error-rate-at-all", "p99", "findings")} == {"unclear"}


def test_conditions_have_the_numbers_of_the_policy() -> None:
    step, guard = (each["spec"]["metrics"] for each in analysis(POLICY) if each["kind"] == "AnalysisTemplate")
    kept = {metric["name"]: metric["successCondition"] for metric in step}
    broken = {metric["name"]: metric["failureCondition"] for metric in guard}
    assert kept["calls"].endswith(f">= {POLICY.min_calls}")
    assert kept["p99"].endswith(f"<= {POLICY.max_p99_ratio:g}")
    assert broken["findings"].endswith(f"> {POLICY.max_psi:g}")
    assert broken["golden-auc"].endswith(f"> {POLICY.max_auc_loss:g}")
    assert f"+ {POLICY.max_error_rate_excess:g}," in {each.name: each.query for each in bounds(POLICY)}["error-rate"]
    assert f"[{POLICY.patience_s:.0f}s]" in enough(POLICY)


def test_statuses_count_as_they_do_on_a_laptop() -> None:
    refusals = {status.name for status in grpc.StatusCode if status.value[0] in figures._REFUSALS}
    assert set(REFUSALS.split("|")) == refusals
    assert set(ERRORS.split("|")) == {status.name for status in grpc.StatusCode} - refusals - {"OK"}
