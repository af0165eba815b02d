"""Requests that cannot be read: a text that is not UTF-8, bytes that are no message. They are the caller's fault, and told so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import grpc
from google.protobuf.message import DecodeError


class Unreadable:
    """Stands for a request that could not be read; the guard refuses it."""


class ReadableRequests(grpc.aio.ServerInterceptor):
    """Hands requests that cannot be read to the guard; grpc.aio itself would answer UNKNOWN with the library's own words."""

    def __init__(self, services: Iterable[str]) -> None:
        self._prefixes = tuple(f"/{service}/" for service in services)

    async def intercept_service(
        self, continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]], details: grpc.HandlerCallDetails
    ) -> Any:
        """The handler of a call, with a parser that does not raise."""
        handler = await continuation(details)
        if handler is None or not details.method.startswith(self._prefixes):
            return handler
        return handler._replace(request_deserializer=_lenient(handler.request_deserializer))


def _lenient(parse: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def read(raw: bytes) -> Any:
        try:
            return parse(raw)
        except DecodeError:
            return Unreadable()

    return read
