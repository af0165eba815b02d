"""A stack with --monitoring: a real Prometheus reads every process, and all that it reads is what the manual says."""

from __future__ import annotations

import http.client
import json
import socket
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import pytest

from bench.canary.zoo import make_golden
from cli.stack.ports import free_ports
from kit.predictions import from_line
from monitoring.prometheus import JOBS
from tests.support.imports import ROOT
from tests.support.metrics import exported, queryable, values_of
from tests.support.promql import ENVOY, PROMETHEUS, selectors
from tests.support.queries import queries
from tests.support.stack import Stack, running_stack

PHOTOS = ("cat.jpg", "portrait.jpg", "portrait_spliced_eyes.jpg")
ON_ONE_MACHINE = set(JOBS) - {"worker"}
PATIENCE_S = 60.0
PROCESSES = 9
MARK = "chosen-by-a-caller"

ALL = {"telltale_build_info", "process_cpu_seconds_total"}
SERVERS = {"rpc_server_call_duration_seconds_bucket", "telltale_calls_at_work", "telltale_calls_limit"}
MODELS = {"telltale_model_info"}
DECODERS = {"telltale_sandbox_children", "telltale_sandbox_degraded", "telltale_sandbox_ended_total"}
OF_A_PHOTO = {
    "image-svc": ALL | SERVERS | MODELS | DECODERS
    | {
        "telltale_batch_waiting", "telltale_batch_rows_bucket", "telltale_batch_wait_seconds_bucket",
        "telltale_evidence_total", "telltale_finding_log_odds_bucket",
    },
    "metadata-svc": ALL | SERVERS | MODELS | DECODERS | {"telltale_evidence_total"},
    "fusion-svc": ALL | SERVERS | MODELS,
    "temporal-svc": ALL | MODELS | {"telltale_sandbox_children", "telltale_calls_limit", "telltale_batch_waiting"},
    "av-sync-svc": ALL | MODELS | {"telltale_sandbox_children", "telltale_calls_limit", "telltale_batch_waiting"},
    "gateway": ALL | SERVERS | DECODERS
    | {
        "rpc_client_call_duration_seconds_bucket", "telltale_verdicts_total", "telltale_risk_score_bucket",
        "telltale_input_megapixels_bucket", "telltale_input_megabytes_bucket", "telltale_predictions_logged_total",
        "telltale_decode_failures_total", "telltale_gateway_calls_total", "telltale_gateway_analyses_total",
        "telltale_gateway_evidence_total",
    },
    "envoy": {"envoy_http_downstream_rq_total", "envoy_cluster_upstream_rq_total"},
    "drift-monitor": ALL | {"telltale_drift_last_run_timestamp_seconds"},
    "golden-monitor": ALL | {"telltale_golden_auc", "telltale_golden_last_run_timestamp_seconds"},
}  # fmt: skip
"""What must be there when a few photos were judged and one could not be read."""


@dataclass(frozen=True)
class Watched:
    """A stack and where its Prometheus and its processes are."""

    stack: Stack
    prometheus: int
    metrics: int

    def query(self, expression: str) -> list[dict[str, Any]]:
        found = json.loads(fetched(self.prometheus, f"/api/v1/query?query={urllib.parse.quote(expression)}"))
        assert found["status"] == "success", found
        return list(found["data"]["result"])

    def texts(self) -> dict[str, str]:
        """What every process tells, by job."""
        targets = json.loads(fetched(self.prometheus, "/api/v1/targets"))["data"]["activeTargets"]
        return {each["labels"]["job"]: fetched(*place_of(each["scrapeUrl"])) for each in targets}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    state = tmp_path_factory.mktemp("watched") / "state"
    golden = tmp_path_factory.mktemp("set") / "golden"
    make_golden(ROOT / "samples", golden)
    prometheus, metrics = free_ports(1)[0], free_run(PROCESSES)
    settings = {
        "TELLTALE_MONITORING": "1",
        "TELLTALE_PROMETHEUS_PORT": str(prometheus),
        "TELLTALE_METRICS_PORT": str(metrics),
        "TELLTALE_GOLDEN": str(golden),
        "TELLTALE_GATEWAY_PREDICTION_LOG_INTERVAL_S": "1",
        "TELLTALE_DRIFT_INTERVAL_S": "2",
    }
    with running_stack(state, **settings) as stack:
        for name in PHOTOS:
            answer = stack.analyze((ROOT / "samples" / name).read_bytes(), x_request_id=MARK, user_agent=MARK)
            assert answer.status == 200
        damaged = (ROOT / "samples" / PHOTOS[0]).read_bytes()[:3000]
        assert stack.analyze(damaged).status == 400
        yield Watched(stack, prometheus, metrics)


def free_run(count: int) -> int:
    """The first of so many free ports in a row."""
    for first in range(20_000, 30_000, count):
        try:
            with_all_bound(range(first, first + count))
        except OSError:
            continue
        return first
    raise AssertionError("no ports in a row are free")


def with_all_bound(ports: Sequence[int]) -> None:
    with ExitStack() as stack:
        for port in ports:
            stack.enter_context(socket.socket()).bind(("127.0.0.1", port))


def place_of(url: str) -> tuple[int, str]:
    parts = urllib.parse.urlsplit(url)
    assert parts.port is not None
    return parts.port, parts.path


def fetched(port: int, path: str) -> str:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def until(found: Callable[[], Any], told: Callable[[], Any]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not found():
        assert time.monotonic() < end_s, told()
        time.sleep(0.5)


def test_prometheus_reads_every_process_under_the_name_of_its_service(watched: Watched) -> None:
    def up() -> Mapping[str, str]:
        return {each["metric"]["job"]: each["value"][1] for each in watched.query("up")}

    until(lambda: up() == dict.fromkeys(ON_ONE_MACHINE, "1"), up)
    assert all(each["metric"]["service"] == each["metric"]["job"] for each in watched.query("up"))
    built = watched.query("telltale_build_info")
    assert {each["metric"]["service"] for each in built} == ON_ONE_MACHINE - {"envoy"}
    assert not [each for each in built if "exported_service" in each["metric"]]


def test_what_a_photo_leaves_is_told_by_the_process_that_it_belongs_to(watched: Watched) -> None:
    def missing() -> Mapping[str, set[str]]:
        told = {job: set(exported([text])) for job, text in watched.texts().items()}
        return {job: wanted - told[job] for job, wanted in OF_A_PHOTO.items() if wanted - told[job]}

    until(lambda: not missing(), missing)


def test_every_metric_of_ours_is_in_the_manual_with_its_labels(watched: Watched) -> None:
    known, told = queryable(), exported(watched.texts().values())
    ours = {
        name: labels
        for name, labels in told.items()
        if name.startswith(("telltale_", "rpc_")) and "_created" not in name
    }
    assert {name: labels for name, labels in ours.items() if known.get(name) != labels} == {}


def test_verdicts_calls_and_models_can_be_asked_for(watched: Watched) -> None:
    photos = 'sum(telltale_verdicts_total{medium="photo"})'
    until(lambda: watched.query(photos), watched.texts)
    assert float(watched.query(photos)[0]["value"][1]) >= len(PHOTOS)
    codes = 'rpc_method="telltale.image.v1.ImageService/AnalyzeImage",rpc_response_status_code="OK"'
    for side, job in (("server", "image-svc"), ("client", "gateway")):
        calls = f'rpc_{side}_call_duration_seconds_count{{{codes},job="{job}"}} >= {len(PHOTOS)}'
        until(lambda calls=calls: watched.query(calls), watched.texts)
    lanes = {each["metric"]["lane"] for each in watched.query('telltale_model_info{model="face_spatial"}')}
    assert lanes == {"main"}


def test_no_label_has_a_value_that_a_caller_chose(watched: Watched) -> None:
    texts = watched.texts()
    methods = {f"/{MARK}.Service/Call", "/telltale.image.v1.ImageService/MadeUp"}
    for method in methods:
        watched.stack.rest("POST", method, b"")
    watched.stack.rest("GET", f"/v1/media/{MARK}")
    watched.stack.rest("GET", f"/{MARK}")
    after = watched.texts()
    assert [job for job, text in after.items() if MARK in text or "MadeUp" in text or watched.stack.token in text] == []
    assert values_of(after.values(), "rpc_method") >= values_of(texts.values(), "rpc_method")
    assert {method.count("/") for method in values_of(after.values(), "rpc_method")} == {1}
    labels = {label for labels in exported(after.values()).values() for label in labels}
    assert not labels & {"owner", "token", "token_id", "user", "path", "name_of_file", "request_id", "trace_id"}


def test_predictions_are_in_the_state_folder_and_hold_no_names(watched: Watched) -> None:
    folder = watched.stack.state / "predictions"

    def lines() -> list[str]:
        return [line for path in folder.rglob("*.jsonl") for line in path.read_text().splitlines()]

    until(lambda: len(lines()) >= len(PHOTOS), lines)
    assert {from_line(line).medium for line in lines()} == {"photo"}
    assert not [line for line in lines() if MARK in line or "analyses/" in line]


def test_prometheus_keeps_everything_in_the_state_folder(watched: Watched) -> None:
    configuration = watched.stack.state / "prometheus" / "prometheus.yml"
    assert {job["job_name"] for job in json.loads(configuration.read_text())["scrape_configs"]} == ON_ONE_MACHINE
    assert (configuration.parent / "data").is_dir()


def test_queries_of_alerts_and_dashboards_are_answered(watched: Watched) -> None:
    # Rates want two readings, and what was counted before the first one is in neither.
    def counted() -> bool:
        watched.stack.analyze((ROOT / "samples" / PHOTOS[0]).read_bytes())
        return bool(watched.query("sum(rate(telltale_gateway_calls_total[1m])) > 0"))

    until(counted, watched.texts)
    answers = {place: watched.query(query) for place, query in queries()}
    silent = {place for place, found in answers.items() if not found}
    # Of a few photos there is nothing to say about golden sets, canaries and most of what fails.
    of_processes = {place for place in answers if place.startswith("resources.")}
    assert len(of_processes - silent) >= 10, silent
    assert len(set(answers) - silent) >= 40, silent


def test_what_queries_name_is_told_by_the_running_stack_or_can_be(watched: Watched) -> None:
    told, ours = "\n".join(watched.texts().values()), queryable()
    named = {name for _, query in queries() for name, _ in selectors(query) if ":" not in name}
    assert {name for name in named if name not in ours and f"\n{name}" not in told} == {"up"}
    assert {name for name in named if name not in ours} <= set(PROMETHEUS) | set(ENVOY)


def test_nobody_is_woken_by_a_stack_that_is_well(watched: Watched) -> None:
    def health() -> set[str]:
        groups = json.loads(fetched(watched.prometheus, "/api/v1/rules"))["data"]["groups"]
        return {rule["health"] for group in groups for rule in group["rules"]}

    # Rules are worked out once a minute or more often, and are "unknown" until then.
    until(lambda: health() == {"ok"}, health)
    # Walls of the sandbox are a matter of the machine that this runs on.
    assert watched.query('ALERTS{alertstate="firing", severity="page", alertname!="SandboxDegraded"}') == []
