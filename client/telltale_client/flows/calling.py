"""Calls that are tried again as far as that is safe, and streams that are opened again where they broke."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from google.protobuf.message import Message

from telltale_client.effects import (
    CALL_TIMEOUT_S,
    Answer,
    Call,
    Emit,
    Flow,
    Method,
    Next,
    Open,
    Pieces,
    Rest,
    Send,
    Stream,
)
from telltale_client.errors import TelltaleError

Item = TypeVar("Item", bound=Message)
PAGE_SIZE = 200


def once(method: Method[Answer], request: Message) -> Flow[Answer]:
    """A call that must not be made twice: only a refusal is answered by another attempt."""
    answer: Answer = yield from _attempts(Call(method, request), again=False)
    return answer


def repeated(method: Method[Answer], request: Message, timeout_s: float = CALL_TIMEOUT_S) -> Flow[Answer]:
    """A call that has the same effect made once or twice."""
    answer: Answer = yield from _attempts(Call(method, request, timeout_s), again=True)
    return answer


def sent(method: Method[Answer], pieces: Pieces) -> Flow[Answer]:
    """An upload under an idempotency key."""
    answer: Answer = yield from _attempts(Send(method, pieces), again=True)
    return answer


def followed(
    method: Method[Answer], request: Message | Pieces, on_step: Callable[[Answer], None] | None = None
) -> Flow[Answer | None]:
    """The last message of a stream, which is opened again when it breaks; None when there was no message."""
    attempt, last = 0, None
    while True:
        try:
            stream = yield Open(method, request)
            while (message := (yield Next(stream))) is not None:
                attempt, last = 0, message
                if on_step is not None:
                    on_step(message)
        except TelltaleError as error:
            attempt += 1
            yield Rest(error, attempt, again=True)
        else:
            return last


def paged(method: Method[Any], request: Any, items: Callable[[Any], Iterable[Item]]) -> Stream[Item]:
    """All items of all pages."""
    while True:
        page = yield from repeated(method, request)
        for item in items(page):
            yield Emit(item)
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def _attempts(effect: Call | Send, *, again: bool) -> Flow[Any]:
    attempt = 0
    while True:
        try:
            return (yield effect)
        except TelltaleError as error:
            attempt += 1
            yield Rest(error, attempt, again)
