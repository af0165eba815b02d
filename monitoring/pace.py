"""The pace of a job that runs for months and looks now and then."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

_ENDS = {signal.SIGTERM, signal.SIGINT}


def rounds(interval_s: float) -> Iterator[None]:
    """Begins a round at once and then every `interval_s` seconds, until SIGTERM or SIGINT; a round at work is finished first.

    To be called before threads begin: the signals are held back in all of them.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    return _rounds(interval_s)


def ending() -> bool:
    """Whether the end was asked for: for rounds that are too long to be finished."""
    return bool(signal.sigpending() & _ENDS)


def _rounds(interval_s: float) -> Iterator[None]:
    due_s = time.monotonic()
    while signal.sigtimedwait(_ENDS, max(0.0, due_s - time.monotonic())) is None:
        due_s = time.monotonic() + interval_s
        yield
