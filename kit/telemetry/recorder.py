"""Spans made by the OpenTelemetry SDK and sent over OTLP/gRPC. Loaded by processes that have a collector, and by no other."""

from __future__ import annotations

import logging
import threading
from typing import Any, Final

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from kit.telemetry.spans import TRACEPARENT, Kind, Span

_TIMEOUT_S = 5.0
"""Seconds for a batch to arrive; what has not by then is lost, and said to be."""
_LAST_S = 2.0
"""Seconds for the last ones to be sent when the process ends."""
_QUIET_S = 60.0
_LOGGER: Final = logging.getLogger("opentelemetry")
_KINDS: Final = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "inner": SpanKind.INTERNAL,
    "consumer": SpanKind.CONSUMER,
}
_WELL: Final = frozenset({"", "OK"})
# A server is not at fault for what its caller did wrong (semantic conventions for gRPC).
_SERVER_FAULTS: Final = frozenset(
    {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}
)
_ROOT: Final = Context()


class OtlpRecorder:
    """A `Recorder`. Sends in a thread of its own, in batches, and drops spans rather than hold up work."""

    def __init__(self, service: str, endpoint: str, share: float) -> None:
        self._complaints = _OurLog()
        _LOGGER.addHandler(self._complaints)
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(share)),
            resource=Resource({"service.name": service, "service.namespace": "telltale"}),
            shutdown_on_exit=False,
        )
        self._exporter = OTLPSpanExporter(endpoint=endpoint, timeout=_TIMEOUT_S)
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("telltale")
        self._propagator = TraceContextTextMapPropagator()

    def begin(self, name: str, kind: Kind, parent: Span | str | None, attributes: dict[str, Any]) -> Span:
        """See `Recorder`. A traceparent that breaks its format counts as none."""
        within = self._context(parent)
        return _RecordedSpan(self._tracer.start_span(name, within, _KINDS[kind], attributes), kind)

    def close(self) -> None:
        """See `Recorder`."""
        # A collector that is away must not hold up the end of a process: from then on nothing is sent again.
        enough = threading.Timer(_LAST_S, self._exporter.shutdown)
        enough.start()
        self._provider.shutdown()
        enough.cancel()
        _LOGGER.removeHandler(self._complaints)

    def _context(self, parent: Span | str | None) -> Context:
        if isinstance(parent, _RecordedSpan):
            return set_span_in_context(parent.otel, _ROOT)
        return self._propagator.extract({TRACEPARENT: parent}, _ROOT) if isinstance(parent, str) else _ROOT


class _RecordedSpan:
    """A `Span`."""

    __slots__ = ("_kind", "otel")

    def __init__(self, otel: OtelSpan, kind: Kind) -> None:
        self.otel = otel
        self._kind = kind

    @property
    def trace_id(self) -> str:
        return f"{self.otel.get_span_context().trace_id:032x}"

    @property
    def traceparent(self) -> str:
        context = self.otel.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags & 1:02x}"

    @property
    def is_kept(self) -> bool:
        return self.otel.is_recording()

    def end(self, status: str) -> None:
        if self.otel.is_recording():
            if self._kind in ("server", "client"):
                self.otel.set_attribute("rpc.response.status_code", status)
            if status in _SERVER_FAULTS or (status not in _WELL and self._kind != "server"):
                self.otel.set_attribute("error.type", status)
                self.otel.set_status(Status(StatusCode.ERROR))
        self.otel.end()


class _OurLog(logging.Handler):
    """Writes the exporter's complaints as lines of our log: one a minute, since they all say the same."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._next_s = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        if record.created >= self._next_s:
            self._next_s = record.created + _QUIET_S
            structlog.get_logger().warning("spans could not be sent to the collector", problem=record.getMessage())
