"""A channel that outlives its certificates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import grpc

from kit.errors import InvalidSettings
from kit.log import get_logger
from kit.rpc.credentials import Contents, Watched

# Longer than any call of ours: what has begun on the old connection ends there.
_LAST_CALLS_S = 3600.0


class RenewedChannel(grpc.aio.Channel):
    """Looks at its files before every call, which costs microseconds, and connects anew when they have changed.

    grpc reads a client's certificate once per channel. A file that cannot be read leaves the channel as it is.
    """

    def __init__(self, files: Watched, connect: Callable[[Contents], grpc.aio.Channel]) -> None:
        self._files = files
        self._connect = connect
        self._channel = connect(files.read())
        self._closing: set[asyncio.Task[None]] = set()

    def unary_unary(self, method: str, *arguments: Any, **options: Any) -> Any:
        """A call of one request and one answer."""
        return self._calls("unary_unary", method, arguments, options)

    def unary_stream(self, method: str, *arguments: Any, **options: Any) -> Any:
        """A call of one request and many answers."""
        return self._calls("unary_stream", method, arguments, options)

    def stream_unary(self, method: str, *arguments: Any, **options: Any) -> Any:
        """A call of many requests and one answer."""
        return self._calls("stream_unary", method, arguments, options)

    def stream_stream(self, method: str, *arguments: Any, **options: Any) -> Any:
        """A call of many requests and many answers."""
        return self._calls("stream_stream", method, arguments, options)

    async def close(self, grace: float | None = None) -> None:
        """Ends all calls, after `grace` seconds, on this connection and on those before it."""
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self._channel.close(grace)

    async def __aenter__(self) -> RenewedChannel:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        """State of the newest connection."""
        return self._newest().get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        """Waits for another state of the newest connection."""
        await self._newest().wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        """Waits until the newest connection is ready."""
        await self._newest().channel_ready()

    def _calls(self, kind: str, method: str, arguments: Any, options: Any) -> Callable[..., Any]:
        def call(*call_arguments: Any, **call_options: Any) -> Any:
            return getattr(self._newest(), kind)(method, *arguments, **options)(*call_arguments, **call_options)

        return call

    def _newest(self) -> grpc.aio.Channel:
        try:
            contents = self._files.changed()
        except InvalidSettings as error:
            get_logger().warning("the connection keeps its certificate", reason=error.message)
            return self._channel
        if contents is not None:
            self._retire(self._channel)
            self._channel = self._connect(contents)
        return self._channel

    def _retire(self, channel: grpc.aio.Channel) -> None:
        task = asyncio.ensure_future(_close(channel))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _close(channel: grpc.aio.Channel) -> None:
    try:
        await channel.close(_LAST_CALLS_S)
    except asyncio.CancelledError:
        await channel.close()
        raise
