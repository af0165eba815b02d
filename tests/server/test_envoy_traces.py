"""What the edge tells collectors and Prometheus, and what strangers cannot make it tell."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from cli.stack.ports import free_ports
from telltale.gateway.v1 import analysis_service_pb2, analysis_service_pb2_grpc
from tests.support.collector import collector
from tests.support.edge import FakeAnalyses, call, envoy, fake_gateway
from tests.support.spans import Collected

ANALYZE = "/v1/media:analyze"
STRANGER = "ab" * 16
FORCING = {"traceparent": f"00-{STRANGER}-{'cd' * 8}-01", "tracestate": "a=b", "x-envoy-force-trace": "true"}


class Edge:
    def __init__(
        self, port: int, metrics_port: int, analyses: FakeAnalyses, collected: Collected, folder: Path
    ) -> None:
        self.port = port
        self.metrics_port = metrics_port
        self.analyses = analyses
        self.collected = collected
        self.folder = folder

    def line(self, trace_id: str) -> dict[str, Any]:
        """The line of the access log with this id."""
        for _ in range(100):
            lines = [json.loads(line) for line in (self.folder / "access.log").read_text().splitlines()]
            if found := [line for line in lines if line["trace_id"] == trace_id]:
                [line] = found
                return line
            time.sleep(0.1)
        raise AssertionError(f"no line has trace_id {trace_id}")


def edge_with(folder: Path, share: float) -> Iterator[Edge]:
    [metrics_port] = free_ports(1)
    with collector(folder) as collected, fake_gateway() as (gateway_port, analyses):
        settings = {"otlp_endpoint": collected.endpoint, "trace_share": share, "metrics_port": metrics_port}
        with envoy(folder, gateway_port, **settings) as port:
            yield Edge(port, metrics_port, analyses, collected, folder)


@pytest.fixture(scope="module")
def all_sampled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    yield from edge_with(tmp_path_factory.mktemp("all"), 1.0)


@pytest.fixture(scope="module")
def none_sampled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    yield from edge_with(tmp_path_factory.mktemp("none"), 0.0)


def test_log_answer_gateway_and_collector_hear_of_one_trace(all_sampled: Edge) -> None:
    reply = call(all_sampled.port, "POST", ANALYZE, b"bytes")
    trace_id = reply.headers["x-trace-id"]
    assert all_sampled.line(trace_id)["path"] == ANALYZE
    [span] = all_sampled.collected.of(trace_id, bool)
    assert all_sampled.analyses.metadata["traceparent"] == f"00-{trace_id}-{span.span_id}-01"
    assert (span.service, span.parent_id, span.attributes["http.status_code"]) == ("envoy", "", "200")


def test_a_refusal_of_the_edge_has_a_trace_too(all_sampled: Edge) -> None:
    reply = call(all_sampled.port, "GET", "/nothing/of/ours")
    assert reply.status == 404
    assert all_sampled.line(reply.headers["x-trace-id"])["status"] == 404


def test_spans_hold_neither_secrets_of_links_nor_what_is_searched_for(all_sampled: Edge) -> None:
    replies = [
        call(all_sampled.port, "GET", "/v1/shared/s"),
        call(all_sampled.port, "GET", "/v1/SHARED/tt_hidden"),
        call(all_sampled.port, "POST", f"{ANALYZE}?display_name=holiday", b"bytes"),
    ]
    for reply in replies:
        spans = all_sampled.collected.of(reply.headers["x-trace-id"], bool)
        told = " ".join(str(value) for span in spans for value in (span.name, *span.attributes.values()))
        assert spans
        assert not any(word in told.lower() for word in ("/shared", "tt_hidden", "holiday"))


def test_a_stranger_can_neither_force_a_trace_nor_choose_its_id(none_sampled: Edge) -> None:
    reply = call(none_sampled.port, "POST", ANALYZE, b"bytes", FORCING)
    trace_id = reply.headers["x-trace-id"]
    assert trace_id != STRANGER
    assert none_sampled.line(trace_id)["trace_id"] == trace_id
    _, told, _, flags = none_sampled.analyses.metadata["traceparent"].split("-")
    assert (told, flags) == (trace_id, "00")
    assert none_sampled.analyses.metadata.get("tracestate", "") == ""


def test_the_same_holds_for_a_stranger_who_speaks_grpc(none_sampled: Edge) -> None:
    metadata = list(FORCING.items())
    with grpc.insecure_channel(f"127.0.0.1:{none_sampled.port}") as channel:
        stub = analysis_service_pb2_grpc.AnalysisServiceStub(channel)
        request = analysis_service_pb2.AnalyzeMediaRequest()
        request.file.data = b"bytes"
        answers = stub.AnalyzeMedia(iter([request]), metadata=metadata)
        trace_id = dict(answers.initial_metadata())["x-trace-id"]
        list(answers)
    assert trace_id != STRANGER
    assert none_sampled.analyses.metadata["traceparent"].split("-")[1:4:2] == [trace_id, "00"]


def test_nothing_is_sent_of_what_is_not_sampled(none_sampled: Edge, all_sampled: Edge) -> None:
    call(none_sampled.port, "POST", ANALYZE, b"bytes", FORCING)
    later = call(all_sampled.port, "POST", ANALYZE, b"bytes")
    # Both send every five seconds; what came first would be here by then.
    assert all_sampled.collected.of(later.headers["x-trace-id"], bool)
    time.sleep(5)
    assert none_sampled.collected.spans() == []


def test_metrics_are_all_that_can_be_read_of_the_administration(all_sampled: Edge) -> None:
    call(all_sampled.port, "POST", ANALYZE, b"bytes")
    reply = call(all_sampled.metrics_port, "GET", "/stats/prometheus")
    assert reply.status == 200
    assert b"envoy_http_downstream_rq_total" in reply.body
    others = [("GET", "/stats"), ("GET", "/config_dump"), ("POST", "/quitquitquit"), ("POST", "/stats/prometheus")]
    assert [call(all_sampled.metrics_port, method, path).status for method, path in others] == [404] * 4


def test_without_a_collector_answers_name_no_trace(tmp_path: Path) -> None:
    with fake_gateway() as (gateway_port, analyses), envoy(tmp_path, gateway_port) as port:
        reply = call(port, "POST", ANALYZE, b"bytes", FORCING)
        assert "x-trace-id" not in reply.headers
        assert "traceparent" not in analyses.metadata
