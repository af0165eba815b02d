"""How the end of a call reaches the work that is done for it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kit.errors import Cancelled


class CancelToken:
    """Turns from "go on" to "stop" once, for good. Thread-safe.

    Whoever notices that nobody waits any more calls `cancel()`; the work looks at `cancelled` between its steps, or has
    a callback wake it.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._cancelled = False
        self._callbacks: dict[int, Callable[[], None]] = {}
        self._subscriptions = 0

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def cancel(self) -> None:
        """Stop the work. Calls every callback once; calling it again does nothing."""
        with self._lock:
            self._cancelled = True
            callbacks, self._callbacks = self._callbacks, {}
            for callback in callbacks.values():
                callback()

    def raise_if_cancelled(self) -> None:
        """Raise Cancelled once `cancel` was called."""
        if self._cancelled:
            raise Cancelled("The work was cancelled: whoever asked for it does not wait any more.")

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have `callback` called at `cancel()`, or now if that was before. It must not wait for anything.

        Returns what unsubscribes it again; once that returned, the callback neither runs nor will run.
        """
        with self._lock:
            if self._cancelled:
                callback()
                return _nothing
            self._subscriptions += 1
            number = self._subscriptions
            self._callbacks[number] = callback
        return lambda: self._forget(number)

    def _forget(self, number: int) -> None:
        with self._lock:
            self._callbacks.pop(number, None)


def _nothing() -> None:
    return None
