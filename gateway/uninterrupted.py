"""Work that a cancelled call must not tear apart: database transactions, what runs in threads, and what runs side by side."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Concatenate, ParamSpec, TypeVar

from kit.media.cancel import CancelToken

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
First = TypeVar("First")
Second = TypeVar("Second")
Method = Callable[Parameters, Coroutine[Any, Any, Result]]


def uninterrupted(method: Method[Parameters, Result]) -> Method[Parameters, Result]:
    """Lets a coroutine run to its end even when its caller is cancelled; the caller is cancelled after that.

    For work of milliseconds. A transaction that is cancelled half-way leaves its connection in a state that nobody knows.
    """

    @functools.wraps(method)
    async def whole(*arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
        work = asyncio.ensure_future(method(*arguments, **named))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await _ended(work)
            raise

    return whole


async def _ended(work: asyncio.Future[Any]) -> None:
    """Waits for work whose caller was cancelled, and may be once more: by a deadline, and then by a client that goes away."""
    while not work.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait({work})
    # Takes note of how it ended: asyncio would write a traceback for every refusal that nobody hears.
    if not work.cancelled():
        work.exception()


@uninterrupted
async def in_thread(
    function: Callable[Parameters, Result], *arguments: Parameters.args, **named: Parameters.kwargs
) -> Result:
    """Runs blocking work in a thread. It is never abandoned: what it uses must not be released under its hands."""
    return await asyncio.to_thread(function, *arguments, **named)


async def in_thread_until_cancelled(
    function: Callable[Concatenate[CancelToken, Parameters], Result],
    *arguments: Parameters.args,
    **named: Parameters.kwargs,
) -> Result:
    """The same for work that stops early when it is told to: `function` gets the token as its first argument."""
    cancel = CancelToken()
    work = asyncio.ensure_future(asyncio.to_thread(function, cancel, *arguments, **named))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        cancel.cancel()
        await _ended(work)
        raise


async def side_by_side(first: Coroutine[Any, Any, First], second: Coroutine[Any, Any, Second]) -> tuple[First, Second]:
    """What both give. When one fails the other is cancelled and waited for, and the error is the one that came first."""
    tasks = asyncio.ensure_future(first), asyncio.ensure_future(second)
    try:
        one, other = await asyncio.gather(*tasks)
        return one, other
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            await _ended(task)
