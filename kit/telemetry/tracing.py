"""Traces: which request a piece of work belongs to, and how long each part of it took, across processes.

A trace is a tree of spans with one id. Its context goes from process to process as W3C `traceparent`. Like metrics, traces belong
to the process: `recorded` begins them where it starts, and until then, or without a collector, everything here does nothing, and
no part of OpenTelemetry is loaded. Spans hold names of methods, models and tasks, and codes: never names of files or of owners,
tokens or paths of requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, ParamSpec, Self, TypeVar

from kit.errors import TelltaleError
from kit.telemetry.spans import TRACEPARENT, Kind, Recorder, Span

TRACE_ID: Final = "x-trace-id"
"""Header or trailer of an answer: what to look it up by."""
OK: Final = "OK"
_CANCELLED: Final = "CANCELLED"

Headers = tuple[tuple[str, str], ...]
Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


@dataclass
class _Process:
    recorder: Recorder | None = None


_PROCESS: Final = _Process()
_CURRENT: Final[ContextVar[Span | None]] = ContextVar("span", default=None)


@contextmanager
def recorded(service: str, endpoint: str | None, share: float) -> Iterator[None]:
    """Sends the traces of this process to a collector (OTLP over gRPC) until the context ends; nowhere when `endpoint` is None.

    Args:
        service: name of the process, as in "image-svc".
        endpoint: "http://host:4317", or https.
        share: of the traces that begin here, 0 to 1, that are sampled. What the caller's process has decided is kept.
    """
    if endpoint is None:
        yield
        return
    from kit.telemetry.recorder import OtlpRecorder  # here, so that a process without a collector does not load it

    _PROCESS.recorder = recorder = OtlpRecorder(service, endpoint, share)
    try:
        yield
    finally:
        _PROCESS.recorder = None
        recorder.close()


class Part:
    """A span as a context: it begins when that is made and ends with it; inside, it is the current one where it `leads`.

    Attributes:
        status: how it ended, a name of gRPC's status codes. Unless somebody sets it, it is told by what is raised.
    """

    __slots__ = ("_before", "_leads", "_span", "status")

    def __init__(self, span: Span | None, *, leads: bool = True) -> None:
        self.status = ""
        self._span = span
        self._leads = leads and span is not None
        self._before: Span | None = None

    @property
    def headers(self) -> Headers:
        """Metadata for a call, by which its server continues here."""
        return () if self._span is None else ((TRACEPARENT, self._span.traceparent),)

    @property
    def answer_headers(self) -> Headers:
        """Metadata for an answer, by which its reader finds the trace."""
        return () if self._span is None else ((TRACE_ID, self._span.trace_id),)

    def __enter__(self) -> Self:
        if self._leads:
            self._before = _CURRENT.get()
            _CURRENT.set(self._span)
        return self

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if self._leads:
            # Not by a token: the end of a stream that nobody reads may come in another thread or task.
            _CURRENT.set(self._before)
        if self._span is not None:
            self._span.end(self.status or _status_of(error))


def serving(method: str, traceparent: str) -> Part:
    """The serving of a call of `method`, "package.Service/Method"; `traceparent` is what came with it, or empty."""
    return _part(method, "server", traceparent, _rpc(method))


def calling(method: str, address: str) -> Part:
    """A call to another process at `address`, "host:port". Its `headers` go along. It does not become the current span."""
    host, _, port = address.rpartition(":")
    place = (
        {"server.address": host, "server.port": int(port)} if host and port.isdigit() else {"server.address": address}
    )
    return _part(method, "client", _CURRENT.get(), _rpc(method) | place, leads=False)


def continuing(name: str, traceparent: str) -> Part:
    """Work that was ordered earlier, where `traceparent` is what `here` said then; empty: by somebody whom nobody traced."""
    return _part(name, "consumer", traceparent, {}) if traceparent else Part(None)


def inner(name: str, **attributes: str | int) -> Part:
    """A part of the work of the current span; nothing where none is kept."""
    parent = _CURRENT.get()
    return _part(name, "inner", parent, attributes) if parent is not None and parent.is_kept else Part(None)


def here() -> str:
    """The traceparent of the current span; empty when there is none."""
    span = _CURRENT.get()
    return "" if span is None else span.traceparent


def trace_id() -> str:
    """Of the current span: 32 hexadecimal digits; empty when there is none."""
    span = _CURRENT.get()
    return "" if span is None else span.trace_id


def answer_headers() -> Headers:
    """Metadata of an answer that names the current trace; empty when there is none."""
    return ((TRACE_ID, found),) if (found := trace_id()) else ()


def carried(work: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """The same work as a part of the span that is the current one now, in whichever threads it is done."""
    span = _CURRENT.get()
    if span is None:
        return work

    def in_span(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        before = _CURRENT.get()
        _CURRENT.set(span)
        try:
            return work(*args, **kwargs)
        finally:
            _CURRENT.set(before)

    return in_span


def _part(name: str, kind: Kind, parent: Span | str | None, attributes: dict[str, Any], *, leads: bool = True) -> Part:
    recorder = _PROCESS.recorder
    return Part(None if recorder is None else recorder.begin(name, kind, parent, attributes), leads=leads)


def _rpc(method: str) -> dict[str, Any]:
    return {"rpc.system.name": "grpc", "rpc.method": method}


def _status_of(error: BaseException | None) -> str:
    if error is None:
        return OK
    if isinstance(error, TelltaleError):
        return str(error.status.name)
    # What is neither an error of ours nor a fault of the code is somebody who went away.
    return "UNKNOWN" if isinstance(error, Exception) else _CANCELLED
