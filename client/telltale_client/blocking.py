"""Performs effects in the caller's thread."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any, Concatenate, ParamSpec, TypeVar

import grpc

from telltale_client.channel import Door
from telltale_client.effects import Call, Effect, Emit, Flow, Item, Next, Open, Rest, Result, Send, Stream, Walk
from telltale_client.errors import TelltaleError
from telltale_client.retry import Retry
from telltale_client.status import from_call

Parameters = ParamSpec("Parameters")
Made = TypeVar("Made")


class BlockingDriver:
    """Performs effects by gRPC's blocking channel. May be used by several threads at once."""

    def __init__(self, door: Door, retry: Retry, sleep: Callable[[float], None] = time.sleep) -> None:
        self._door = door
        self._retry = retry
        self._sleep = sleep
        self._channel = door.channel()
        self._known = False

    def close(self) -> None:
        """Closes the channel; calls that are under way end."""
        self._channel.close()

    def run(self, flow: Flow[Result]) -> Result:
        """The result of a flow. Raises what the flow raises."""
        walk: Walk[Result] = Walk(flow)
        for _ in self._steps(walk):
            raise AssertionError("a flow with one result emits nothing")
        return walk.result

    def iterate(self, flow: Stream[Item]) -> Iterator[Item]:
        """What a flow emits. Raises what the flow raises."""
        return self._steps(Walk(flow))

    def _steps(self, walk: Walk[Any]) -> Generator[Any, None, None]:
        opened: list[_Opened] = []
        try:
            effect = walk.resume()
            while effect is not None:
                if isinstance(effect, Emit):
                    yield effect.value
                    effect = walk.resume()
                else:
                    effect = walk.resume(*self._outcome(effect, opened))
        finally:
            for stream in opened:
                stream.call.cancel()
            walk.close()

    def _outcome(self, effect: Effect, opened: list[_Opened]) -> tuple[object, TelltaleError | None]:
        try:
            outcome = self._do(effect, opened)
        except TelltaleError as error:
            return None, error
        self._known = self._known or is_answer(effect)
        return outcome, None

    def _do(self, effect: Effect, opened: list[_Opened]) -> object:
        if isinstance(effect, Rest):
            self._known = self._known or bool(effect.error.reason)
            self._sleep(self._retry.pause_s(effect, random.random(), known=self._known))
            return None
        if isinstance(effect, Next):
            assert isinstance(effect.stream, _Opened)
            return effect.stream.next()
        request_id, metadata = self._door.metadata()
        if isinstance(effect, Open):
            opened.append(_Opened(open_stream(self._channel, effect, metadata), request_id))
            return opened[-1]
        try:
            return start(self._channel, effect)(metadata=metadata, timeout=effect.timeout_s)
        except grpc.RpcError as error:
            raise from_call(error, request_id) from error


class _Opened:
    """A stream of answers."""

    def __init__(self, call: Any, request_id: str) -> None:
        self.call = call
        self._request_id = request_id

    def next(self) -> object:
        """The next message; None after the last. Raises TelltaleError."""
        try:
            return next(self.call, None)
        except grpc.RpcError as error:
            raise from_call(error, self._request_id) from error


def start(channel: grpc.Channel, effect: Call | Send) -> Callable[..., Any]:
    """What makes the call, given `metadata` and `timeout`."""
    kind, request = (
        (channel.unary_unary, effect.request) if isinstance(effect, Call) else (channel.stream_unary, effect.pieces())
    )
    return functools.partial(kind(effect.method.path, _serialize, effect.method.answer.FromString), request)


def open_stream(channel: Any, effect: Open, metadata: Any) -> Any:
    """The call of a stream, on a channel of either kind."""
    kind = channel.stream_stream if callable(effect.request) else channel.unary_stream
    request = effect.request() if callable(effect.request) else effect.request
    made = kind(effect.method.path, _serialize, effect.method.answer.FromString)
    return made(request, metadata=metadata, timeout=effect.timeout_s)


def _serialize(message: Any) -> bytes:
    return bytes(message.SerializeToString())


def is_answer(effect: Effect) -> bool:
    """Whether the outcome of an effect, which is no error, came from the server."""
    return isinstance(effect, Call | Send | Next)


class Blocking:
    """Base of what has blocking methods."""

    def __init__(self, driver: BlockingDriver) -> None:
        self._driver = driver


def blocking(flow: Callable[Parameters, Flow[Result]]) -> Callable[Concatenate[Blocking, Parameters], Result]:
    """The blocking method of a flow with one result, with the flow's signature and docstring."""

    @functools.wraps(flow)
    def method(self: Blocking, /, *arguments: Parameters.args, **options: Parameters.kwargs) -> Result:
        return self._driver.run(flow(*arguments, **options))

    return method


def iterating(flow: Callable[Parameters, Stream[Item]]) -> Callable[Concatenate[Blocking, Parameters], Iterator[Item]]:
    """The iterating method of a flow that emits."""

    @functools.wraps(flow)
    def method(self: Blocking, /, *arguments: Parameters.args, **options: Parameters.kwargs) -> Iterator[Item]:
        return self._driver.iterate(flow(*arguments, **options))

    return method
