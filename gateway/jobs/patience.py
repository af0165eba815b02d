"""Trying again, with growing pauses, for long enough that whatever failed can be started again meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from itertools import chain, repeat
from typing import Any, TypeVar

from kit.errors import TelltaleError
from kit.log import get_logger

PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""A minute, all together."""

_FIXED_SENTENCE = "something failed on our side; the log holds the details under the id of the job"

Answer = TypeVar("Answer")


async def tried(job_id: str, pauses_s: Iterable[float], attempt: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    """What `attempt` answers at last. Raises the TelltaleError of the last attempt; what is no such error is not tried again."""
    for pause_s in pauses_s:
        try:
            return await attempt()
        except TelltaleError as error:
            get_logger().warning(
                "a job is tried again", job=job_id, error=error.reason_name(), problem=error.message, pause_s=pause_s
            )
        await asyncio.sleep(pause_s)
    return await attempt()


async def insisted(
    job_id: str, pauses_s: tuple[float, ...], attempt: Callable[[], Coroutine[Any, Any, Answer]]
) -> Answer:
    """The same without an end, whatever goes wrong: the last pause comes again and again."""
    answers: list[Answer] = []

    async def one() -> None:
        answers.append(await attempt())

    for pause_s in chain(pauses_s, repeat(pauses_s[-1])):
        if not (problem := await problem_of(job_id, one())):
            break
        get_logger().warning("a job is tried again", job=job_id, problem=problem, pause_s=pause_s)
        await asyncio.sleep(pause_s)
    return answers[0]


async def problem_of(job_id: str, work: Coroutine[Any, Any, object]) -> str:
    """Awaits work; a sentence for the caller when it failed, else nothing. What is no error of ours goes to the log."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task})
        raise
    if task.cancelled():
        raise asyncio.CancelledError
    error = task.exception()
    if error is None:
        return ""
    if isinstance(error, TelltaleError):
        return error.message
    get_logger().error("a job failed", job=job_id, exc_info=error)
    return _FIXED_SENTENCE
