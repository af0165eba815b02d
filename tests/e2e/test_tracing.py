"""One trace id leads from the line of the edge's access log through all processes to the answer, also when a worker makes it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.stack.ports import free_ports
from kit.settings import child_environment
from tests.support.collector import collector
from tests.support.spans import Collected, Seen
from tests.support.stack import Stack, running_stack

SERVICES = ("image", "temporal", "av_sync", "metadata", "fusion")
FILE_NAME = "holiday-of-somebody.jpg"


@dataclass(frozen=True)
class Traced:
    """A stack whose gateway leaves all work to a worker, and the collector of both."""

    stack: Stack
    collected: Collected

    def lines(self, log: str, **wanted: str) -> list[dict[str, Any]]:
        """Lines of a process's log."""
        text = (self.stack.state / "logs" / f"{log}.log").read_text(encoding="utf-8")
        found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return [line for line in found if wanted.items() <= line.items()]


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    folder = tmp_path_factory.mktemp("traced")
    with collector(folder) as collected:
        settings = {"TELLTALE_OTLP_ENDPOINT": collected.endpoint, "TELLTALE_GATEWAY_WORKER": "false"}
        with running_stack(folder / "state", **settings) as stack, worker(stack, collected.endpoint):
            yield Traced(stack, collected)


@contextmanager
def worker(stack: Stack, endpoint: str) -> Iterator[None]:
    """A worker of the stack's gateway; its log lies beside the others."""
    services = json.loads((stack.state / "stack.json").read_text(encoding="utf-8"))["services"]
    [port] = free_ports(1)
    settings = {
        "STATE_DIR": str(stack.state),
        "PORT": str(port),
        "OTLP_ENDPOINT": endpoint,
        **{f"{name.upper()}_TARGET": services[f"{name}_svc"] for name in SERVICES},
    }
    environment = child_environment({f"TELLTALE_GATEWAY_{name}": value for name, value in settings.items()})
    with (stack.state / "logs" / "worker.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "gateway.worker"], env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def names(spans: list[Seen], service: str) -> set[str]:
    return {span.name for span in spans if span.service == service}


def reaches(*services: str) -> Any:
    return lambda spans: set(services) <= {span.service for span in spans} and orphans(spans) == []


def orphans(spans: list[Seen]) -> list[Seen]:
    """Spans below others that have not arrived."""
    known = {span.span_id for span in spans}
    return [span for span in spans if span.parent_id and span.parent_id not in known]


def in_access_log(traced: Traced, trace_id: str) -> list[dict[str, Any]]:
    """Envoy writes its log once a second."""
    ends_at_s = time.monotonic() + 10
    while not (found := traced.lines("envoy", trace_id=trace_id)) and time.monotonic() < ends_at_s:
        time.sleep(0.1)
    return found


@pytest.mark.parametrize("retention", ["RETENTION_NONE", "RETENTION_STANDARD"])
def test_a_photo_is_one_trace_from_the_access_log_to_the_answer(traced: Traced, photo: Path, retention: str) -> None:
    path = f"/v1/media:analyze?fresh=true&display_name={FILE_NAME}&retention={retention}"
    reply = traced.stack.rest("POST", path, photo.read_bytes())
    assert reply.status == 200
    trace_id = reply.headers["x-trace-id"]
    maker = "gateway" if retention == "RETENTION_NONE" else "worker"

    everybody = ("envoy", "gateway", maker, "image-svc", "metadata-svc", "fusion-svc")
    spans = traced.collected.of(trace_id, reaches(*everybody))

    assert {span.service for span in spans} == set(everybody)
    assert [span.service for span in spans if not span.parent_id] == ["envoy"]
    assert orphans(spans) == []
    assert not any(span.failed for span in spans)
    assert "telltale.gateway.v1.AnalysisService/AnalyzeMedia" in names(spans, "gateway")
    assert {"telltale.image.v1.ImageService/AnalyzeImage", "telltale.fusion.v1.FusionService/Fuse"} <= names(
        spans, maker
    )
    assert {"telltale.image.v1.ImageService/AnalyzeImage", "sandbox", "network"} <= names(spans, "image-svc")
    [line] = in_access_log(traced, trace_id)
    assert (line["path"], line["status"]) == ("/v1/media:analyze", 200)
    for log in ("gateway", "image_svc", "metadata_svc", "fusion_svc"):
        assert traced.lines(log, event="call", trace_id=trace_id), log
    told = [str(value) for span in spans for value in span.attributes.values()]
    assert not any(word in value for value in told for word in (FILE_NAME, traced.stack.token))


def test_an_order_is_one_trace_with_the_work_that_is_done_on_it_later(traced: Traced, photo: Path) -> None:
    media = traced.stack.rest("POST", "/v1/media", photo.read_bytes()).json()["name"]
    order = {"media": media, "fresh": True}
    ordered = traced.stack.rest("POST", "/v1/analyses", json.dumps(order).encode(), content_type="application/json")
    assert ordered.status == 200

    spans = traced.collected.of(ordered.headers["x-trace-id"], reaches("envoy", "worker", "image-svc", "fusion-svc"))

    by_id = {span.span_id: span for span in spans}
    [examine] = [span for span in spans if span.name == "examine"]
    assert (examine.service, by_id[examine.parent_id].service) == ("worker", "gateway")
    assert by_id[examine.parent_id].name == "telltale.gateway.v1.AnalysisService/CreateAnalysis"
    assert orphans(spans) == []
    assert names(spans, "worker") >= {"examine", "judge", "telltale.image.v1.ImageService/AnalyzeImage"}


def test_a_call_by_grpc_is_told_its_trace_in_a_trailer_also_when_it_is_refused(traced: Traced) -> None:
    import grpc

    from telltale.gateway.v1 import analysis_service_pb2, analysis_service_pb2_grpc

    with grpc.insecure_channel(traced.stack.grpc) as channel:
        stub = analysis_service_pb2_grpc.AnalysisServiceStub(channel)
        with pytest.raises(grpc.RpcError) as refused:
            stub.GetAnalysis(analysis_service_pb2.GetAnalysisRequest(name="analyses/01ARZ3NDEKTSV4RRFFQ69G5FAV"))
    trace_id = dict(refused.value.trailing_metadata())["x-trace-id"]
    [span] = traced.collected.of(trace_id, bool)
    assert (span.service, span.attributes["rpc.response.status_code"]) == ("gateway", "UNAUTHENTICATED")
