"""Performs effects in an event loop.

Uploads alone go through a blocking channel and a thread: an asyncio call whose upload is refused early may see INTERNAL instead
of the reason (https://github.com/grpc/grpc/issues/36066), and a wrong token must read as one.
"""

from __future__ import annotations

import asyncio
import functools
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from typing import Any, Concatenate, ParamSpec

import grpc

from telltale_client.blocking import is_answer, open_stream, start
from telltale_client.channel import Door, Metadata
from telltale_client.effects import Effect, Emit, Flow, Item, Next, Open, Rest, Result, Send, Stream, Walk
from telltale_client.errors import TelltaleError
from telltale_client.retry import Retry
from telltale_client.status import from_call

Parameters = ParamSpec("Parameters")


class AwaitingDriver:
    """Performs effects by gRPC's asyncio channel. Belongs to the event loop of its first call."""

    def __init__(self, door: Door, retry: Retry, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._door = door
        self._retry = retry
        self._sleep = sleep
        self._channels: list[tuple[grpc.aio.Channel, grpc.Channel]] = []
        self._known = False

    async def close(self) -> None:
        """Closes the channels; calls that are under way end."""
        while self._channels:
            awaiting, blocking = self._channels.pop()
            await awaiting.close()
            await asyncio.to_thread(blocking.close)

    async def run(self, flow: Flow[Result]) -> Result:
        """The result of a flow. Raises what the flow raises."""
        walk: Walk[Result] = Walk(flow)
        async with aclosing(self._steps(walk)) as steps:
            async for _ in steps:
                raise AssertionError("a flow with one result emits nothing")
        return walk.result

    def iterate(self, flow: Stream[Item]) -> AsyncIterator[Item]:
        """What a flow emits. Raises what the flow raises."""
        return self._steps(Walk(flow))

    async def _steps(self, walk: Walk[Any]) -> AsyncGenerator[Any, None]:
        opened: list[_Opened] = []
        try:
            effect = walk.resume()
            while effect is not None:
                if isinstance(effect, Emit):
                    yield effect.value
                    effect = walk.resume()
                else:
                    effect = walk.resume(*await self._outcome(effect, opened))
        finally:
            for stream in opened:
                stream.call.cancel()
            walk.close()

    async def _outcome(self, effect: Effect, opened: list[_Opened]) -> tuple[object, TelltaleError | None]:
        try:
            outcome = await self._do(effect, opened)
        except TelltaleError as error:
            return None, error
        self._known = self._known or is_answer(effect)
        return outcome, None

    async def _do(self, effect: Effect, opened: list[_Opened]) -> object:
        if isinstance(effect, Rest):
            self._known = self._known or bool(effect.error.reason)
            await self._sleep(self._retry.pause_s(effect, random.random(), known=self._known))
            return None
        if isinstance(effect, Next):
            assert isinstance(effect.stream, _Opened)
            return await effect.stream.next()
        request_id, metadata = self._door.metadata()
        awaiting, blocking = self._open()
        if isinstance(effect, Open):
            uploads = callable(effect.request)
            call = open_stream(blocking if uploads else awaiting, effect, metadata)
            opened.append(_Opened(call, request_id, uploads=uploads))
            return opened[-1]
        try:
            if isinstance(effect, Send):
                return await _upload(blocking, effect, metadata)
            return await start(awaiting, effect)(metadata=metadata, timeout=effect.timeout_s)
        except grpc.RpcError as error:
            raise from_call(error, request_id) from error

    def _open(self) -> tuple[grpc.aio.Channel, grpc.Channel]:
        if not self._channels:
            self._channels.append((self._door.aio_channel(), self._door.channel()))
        return self._channels[0]


class _Opened:
    """A stream of answers; that to an upload is a blocking one."""

    def __init__(self, call: Any, request_id: str, *, uploads: bool) -> None:
        self.call = call
        self._request_id = request_id
        self._uploads = uploads

    async def next(self) -> object:
        """The next message; None after the last. Raises TelltaleError."""
        try:
            if self._uploads:
                return await asyncio.to_thread(next, self.call, None)
            message = await self.call.read()
        except grpc.RpcError as error:
            raise from_call(error, self._request_id) from error
        return None if message is grpc.aio.EOF else message


async def _upload(channel: grpc.Channel, effect: Send, metadata: Metadata) -> object:
    """The answer to an upload. Raises grpc.RpcError."""
    loop = asyncio.get_running_loop()
    made = channel.stream_unary(
        effect.method.path, lambda message: bytes(message.SerializeToString()), effect.method.answer.FromString
    )
    call = made.future(effect.pieces(), metadata=metadata, timeout=effect.timeout_s)
    ended = asyncio.Event()
    call.add_done_callback(lambda _: loop.call_soon_threadsafe(ended.set))
    try:
        await ended.wait()
    finally:
        call.cancel()  # does nothing to a call that has ended
    return call.result()


class Awaiting:
    """Base of what has methods to await."""

    def __init__(self, driver: AwaitingDriver) -> None:
        self._driver = driver


def awaiting(
    flow: Callable[Parameters, Flow[Result]],
) -> Callable[Concatenate[Awaiting, Parameters], Coroutine[Any, Any, Result]]:
    """The method to await of a flow with one result, with the flow's signature and docstring."""

    @functools.wraps(flow)
    async def method(self: Awaiting, /, *arguments: Parameters.args, **options: Parameters.kwargs) -> Result:
        return await self._driver.run(flow(*arguments, **options))

    return method


def iterating(
    flow: Callable[Parameters, Stream[Item]],
) -> Callable[Concatenate[Awaiting, Parameters], AsyncIterator[Item]]:
    """The iterating method of a flow that emits."""

    @functools.wraps(flow)
    def method(self: Awaiting, /, *arguments: Parameters.args, **options: Parameters.kwargs) -> AsyncIterator[Item]:
        return self._driver.iterate(flow(*arguments, **options))

    return method
