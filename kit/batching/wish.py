"""What a caller wishes of every network that is run on its behalf: until when, whether still, and who goes first.

Whoever serves a call says it once, with `wishing`; the code in between does not hand it on. Work that moves to another thread
takes it along with `carried`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, ParamSpec, TypeVar

from kit.media.cancel import CancelToken
from kit.telemetry import tracing

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


class Priority(IntEnum):
    """Who goes first."""

    INTERACTIVE = 0
    """Somebody waits for the answer."""
    BACKGROUND = 1
    """Nobody does: shadows, work that is done ahead. Its thread has a low priority (kit.process)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a run is to be treated. By itself: no deadline, never cancelled, interactive."""

    deadline_s: float | None = None
    """When the answer is of no use any more, in seconds of the clock's `monotonic_s`."""
    cancel: CancelToken | None = None
    priority: Priority = Priority.INTERACTIVE


_NONE: Final = Wish()
_WISH: Final[ContextVar[Wish]] = ContextVar("wish", default=_NONE)


def current_wish() -> Wish:
    """What holds in this thread."""
    return _WISH.get()


@contextmanager
def wishing(wish: Wish) -> Iterator[None]:
    """Has `wish` hold in this thread until the context ends."""
    before = _WISH.get()
    _WISH.set(wish)
    try:
        yield
    finally:
        # Not by a token: the end of a stream that nobody reads may come in another thread.
        _WISH.set(before)


def carried(work: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """The same work, with the wish and the trace of who calls this, in whichever threads it is done."""
    wish = current_wish()

    def with_wish(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        with wishing(wish):
            return work(*args, **kwargs)

    return tracing.carried(with_wish)
