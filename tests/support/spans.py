"""Somebody who keeps spans: what a collector would be sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.common.v1.common_pb2 import AnyValue


@dataclass(frozen=True)
class Seen:
    """A span as it arrived.

    Attributes:
        parent_id: empty for a root.
        failed: its status is an error.
    """

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: Mapping[str, str | int | float | bool]
    failed: bool


class Collected(trace_service_pb2_grpc.TraceServiceServicer):
    """Keeps spans.

    Attributes:
        endpoint: where they are to be sent.
    """

    def __init__(self, endpoint: str = "") -> None:
        self.endpoint = endpoint
        self._spans: list[Seen] = []
        self._changed = threading.Condition()

    def Export(
        self, request: trace_service_pb2.ExportTraceServiceRequest, context: grpc.ServicerContext
    ) -> trace_service_pb2.ExportTraceServiceResponse:
        with self._changed:
            self._spans += _spans(request)
            self._changed.notify_all()
        return trace_service_pb2.ExportTraceServiceResponse()

    def spans(self) -> list[Seen]:
        """All that have arrived by now."""
        with self._changed:
            return list(self._spans)

    def of(self, trace_id: str, enough: Callable[[list[Seen]], bool], timeout_s: float = 30) -> list[Seen]:
        """The spans of one trace, as soon as they are enough, and in any case after `timeout_s`."""
        ends_at_s = time.monotonic() + timeout_s
        with self._changed:
            while True:
                found = [span for span in self._spans if span.trace_id == trace_id]
                left_s = ends_at_s - time.monotonic()
                if enough(found) or left_s <= 0:
                    return found
                self._changed.wait(left_s)


@contextmanager
def collected() -> Iterator[Collected]:
    """Takes OTLP over gRPC at its `endpoint`."""
    keeper = Collected()
    server = grpc.server(ThreadPoolExecutor(4))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(keeper, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    keeper.endpoint = f"http://127.0.0.1:{port}"
    try:
        yield keeper
    finally:
        server.stop(0).wait()


def _spans(request: trace_service_pb2.ExportTraceServiceRequest) -> Iterator[Seen]:
    for resource in request.resource_spans:
        service = str(
            {entry.key: _value(entry.value) for entry in resource.resource.attributes}.get("service.name", "")
        )
        for span in (span for scope in resource.scope_spans for span in scope.spans):
            yield Seen(
                service,
                span.name,
                span.trace_id.hex(),
                span.span_id.hex(),
                span.parent_span_id.hex(),
                {entry.key: _value(entry.value) for entry in span.attributes},
                span.status.code == span.status.STATUS_CODE_ERROR,
            )


def _value(value: AnyValue) -> str | int | float | bool:
    kind = value.WhichOneof("value")
    found = getattr(value, kind) if kind else ""
    return found if isinstance(found, str | int | float | bool) else str(found)
