"""How long calls take and how many are at work, by OpenTelemetry's conventions for RPC, at both ends of a connection.

Methods are those of our contracts: whoever calls another one is told so before anything is counted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Final, Protocol

import grpc

from kit.telemetry import Gauge, Histogram, tracing
from kit.telemetry.spans import TRACEPARENT

SERVER_SECONDS: Final = Histogram(
    "rpc_server_call_duration_seconds",
    "Length of calls to this process, waiting included.",
    "rpc_method",
    "rpc_response_status_code",
)
CLIENT_SECONDS: Final = Histogram(
    "rpc_client_call_duration_seconds",
    "Length of calls of this process to others.",
    "rpc_method",
    "rpc_response_status_code",
)
AT_WORK: Final = Gauge("telltale_calls_at_work", "Calls at work.")
LIMIT: Final = Gauge("telltale_calls_limit", "Most calls that may be at work; more are refused.")

OPERATORS: Final = ("/grpc.health.", "/grpc.reflection.", "/telltale.model.v1.ModelService/")
"""Beginnings of the methods that are neither logged, limited nor measured."""


class Timed(Protocol):
    """What of a call's context is read here, the same for both kinds of server."""

    def time_remaining(self) -> float | None:
        """Seconds until the caller's deadline; None without one."""
        ...


Handler = Any  # grpc.RpcMethodHandler, which has no public attributes in its type.


def measure(method: str, code: str, took_s: float) -> None:
    """A call to this process has ended; `method` as it travels: "/telltale.image.v1.ImageService/AnalyzeImage"."""
    SERVER_SECONDS.observe(took_s, rpc_method=method.removeprefix("/"), rpc_response_status_code=code)


@contextmanager
def asking(method: str) -> Iterator[None]:
    """Surrounds a call to another process, e.g. "telltale.image.v1.ImageService/AnalyzeImage"."""
    # Unless it comes to an end we have given it up ourselves, whatever for.
    started_s, code = time.monotonic(), "CANCELLED"
    try:
        yield
        code = "OK"
    except grpc.RpcError as error:
        code = error.code().name
        raise
    finally:
        took_s = time.monotonic() - started_s
        CLIENT_SECONDS.observe(took_s, rpc_method=method, rpc_response_status_code=code)


class MeteredCalls(grpc.aio.ServerInterceptor):
    """Measures the calls of a server on asyncio, and continues their traces."""

    async def intercept_service(
        self, continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]], details: grpc.HandlerCallDetails
    ) -> Handler:
        """Wraps the handler of one call."""
        handler = await continuation(details)
        if handler is None or details.method.startswith(OPERATORS):
            return handler
        kind = "_".join("stream" if s else "unary" for s in (handler.request_streaming, handler.response_streaming))
        around = _stream if handler.response_streaming else _unary
        make = getattr(grpc, f"{kind}_rpc_method_handler")
        traceparent = str(dict(details.invocation_metadata).get(TRACEPARENT, ""))
        behaviour = around(getattr(handler, kind), details.method, traceparent)
        return make(behaviour, handler.request_deserializer, handler.response_serializer)


def _unary(behaviour: Callable[..., Awaitable[Any]], method: str, traceparent: str) -> Callable[..., Awaitable[Any]]:
    async def call(request: Any, context: grpc.aio.ServicerContext) -> Any:
        with _at_work(method, context, traceparent):
            return await behaviour(request, context)

    return call


def _stream(behaviour: Callable[..., Any], method: str, traceparent: str) -> Callable[..., AsyncIterator[Any]]:
    async def call(request: Any, context: grpc.aio.ServicerContext) -> AsyncIterator[Any]:
        with _at_work(method, context, traceparent):
            async with aclosing(behaviour(request, context)) as answers:
                async for answer in answers:
                    yield answer

    return call


@contextmanager
def _at_work(method: str, context: grpc.aio.ServicerContext, traceparent: str) -> Iterator[None]:
    started_s, code = time.monotonic(), ""
    AT_WORK.add(1)
    with tracing.serving(method.removeprefix("/"), traceparent) as part:
        try:
            # Errors have trailers of their own, which take these along: see the guard.
            context.set_trailing_metadata(part.answer_headers)
            yield
        except (asyncio.CancelledError, GeneratorExit):
            code = given_up(context)
            raise
        finally:
            AT_WORK.add(-1)
            part.status = code or _code(context)
            measure(method, part.status, time.monotonic() - started_s)


def given_up(context: Timed) -> str:
    """The code of a call for whose answer nobody waits: its time is over, or its caller has gone away."""
    late = context.time_remaining() == 0
    return "DEADLINE_EXCEEDED" if late else "CANCELLED"


def _code(context: grpc.aio.ServicerContext) -> str:
    code = context.code()
    return str(code.name) if code else "OK"
