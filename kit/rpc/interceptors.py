"""What happens around every call on a sync server: a request id, one access log line, a limit on calls at work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import grpc
import structlog
from ulid import ULID

from kit.batching.wish import Priority, Wish, wishing
from kit.clock import Clock
from kit.errors import Overloaded
from kit.log import get_logger
from kit.media.cancel import CancelToken
from kit.rpc.metering import AT_WORK, OPERATORS, given_up, measure
from kit.rpc.status import abort
from kit.telemetry import tracing
from kit.telemetry.spans import TRACEPARENT

REQUEST_ID = "x-request-id"
PRIORITY = "telltale-priority"
"""Metadata of a call: "background" lets the networks of all other calls go first."""

Handler = Any  # grpc.RpcMethodHandler, which has no public attributes in its type.
Behaviour = Callable[[Any, grpc.ServicerContext], Any]


class CallInterceptor(grpc.ServerInterceptor):
    """Request id, access log and concurrency limit. Health, reflection and `ModelService` are neither logged nor limited."""

    def __init__(self, clock: Clock, max_concurrent_calls: int) -> None:
        self._clock = clock
        self._places = threading.BoundedSemaphore(max_concurrent_calls)
        self._limit = max_concurrent_calls

    def intercept_service(self, continuation: Callable[[Any], Handler], details: Any) -> Handler:
        """Wraps the handler of one call."""
        handler = continuation(details)
        # Who is told by what a busy service answers need not send it a file, and operators must reach it then above all.
        if handler is None or details.method.startswith(OPERATORS):
            return handler
        metadata = dict(details.invocation_metadata)
        request_id = metadata.get(REQUEST_ID) or str(ULID())
        priority = Priority.BACKGROUND if metadata.get(PRIORITY) == "background" else Priority.INTERACTIVE
        origin = _Origin(details.method, request_id, metadata.get(TRACEPARENT, ""))
        return _rewrap(handler, lambda behaviour: self._around(behaviour, handler, origin, priority))

    def _around(self, behaviour: Behaviour, handler: Handler, origin: _Origin, priority: Priority) -> Behaviour:
        def unary(request: Any, context: grpc.ServicerContext) -> Any:
            with self._call(origin, context), wishing(self._wish(context, priority)):
                return behaviour(request, context)

        def stream(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            with self._call(origin, context), wishing(self._wish(context, priority)):
                yield from behaviour(request, context)

        return stream if handler.response_streaming else unary

    def _wish(self, context: grpc.ServicerContext, priority: Priority) -> Wish:
        """Its networks need not run when nobody can hear the answer any more."""
        remaining_s, cancel = context.time_remaining(), CancelToken()
        if not context.add_callback(cancel.cancel):
            cancel.cancel()
        return Wish(None if remaining_s is None else self._clock.monotonic_s() + remaining_s, cancel, priority)

    def _call(self, origin: _Origin, context: grpc.ServicerContext) -> _Call:
        return _Call(self._clock, self._places, self._limit, origin, context)


@dataclass(frozen=True, slots=True)
class _Origin:
    method: str
    request_id: str
    traceparent: str


class _Call:
    def __init__(
        self,
        clock: Clock,
        places: threading.BoundedSemaphore,
        limit: int,
        origin: _Origin,
        context: grpc.ServicerContext,
    ) -> None:
        self._clock = clock
        self._places = places
        self._limit = limit
        self._method = origin.method
        self._request_id = origin.request_id
        self._part = tracing.serving(origin.method.removeprefix("/"), origin.traceparent)
        self._context = context
        self._start_s = 0.0

    def __enter__(self) -> None:
        self._part.__enter__()
        if not self._places.acquire(blocking=False):
            self._end_part(Overloaded.status.name)
            measure(self._method, Overloaded.status.name, 0.0)
            error = Overloaded(f"{self._limit} calls are at work, which is the limit; try again", retry_after_s=1.0)
            abort(self._context, error)
        # Behind the refusal, which nothing unbinds: the thread would write this id into lines of other calls.
        structlog.contextvars.bind_contextvars(request_id=self._request_id)
        self._start_s = self._clock.monotonic_s()
        AT_WORK.add(1)

    def __exit__(self, *_: object) -> None:
        self._places.release()
        AT_WORK.add(-1)
        took_s, code = self._clock.monotonic_s() - self._start_s, self._code()
        measure(self._method, code, took_s)
        get_logger().info("call", method=self._method, code=code, took_ms=round(took_s * 1000, 1))
        structlog.contextvars.unbind_contextvars("request_id")
        self._end_part(code)

    def _end_part(self, code: str) -> None:
        self._part.status = code
        self._part.__exit__(None, None, None)

    def _code(self) -> str:
        code = self._context.code()
        if code:
            return str(code.name)
        # A caller who went away, or whose deadline is over, never gets a code.
        return "OK" if self._context.is_active() else given_up(self._context)


def _rewrap(handler: Handler, around: Callable[[Behaviour], Behaviour]) -> Handler:
    for name in ("unary_unary", "unary_stream", "stream_unary", "stream_stream"):
        behaviour = getattr(handler, name)
        if behaviour is not None:
            make = getattr(grpc, f"{name}_rpc_method_handler")
            return make(around(behaviour), handler.request_deserializer, handler.response_serializer)
    return handler
