"""A fixed number of places for work, with a wait that can be cancelled."""

from __future__ import annotations

import threading

from kit.media.cancel import CancelToken


class Slots:
    """Counts free places. Thread-safe."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._free = count
        self._changed = threading.Condition()

    @property
    def taken(self) -> int:
        """Places at work, at this moment."""
        return self._count - self._free

    def acquire(self, timeout_s: float, cancel: CancelToken | None) -> bool:
        """Take a place, waiting up to `timeout_s` for one. False if none came free. Raises Cancelled."""
        unsubscribe = cancel.on_cancel(self._wake) if cancel else None
        try:
            with self._changed:
                self._changed.wait_for(lambda: self._free > 0 or (cancel is not None and cancel.cancelled), timeout_s)
                if cancel:
                    cancel.raise_if_cancelled()
                if self._free == 0:
                    return False
                self._free -= 1
                return True
        finally:
            if unsubscribe:
                unsubscribe()

    def release(self) -> None:
        """Give a place back."""
        with self._changed:
            self._free += 1
            self._changed.notify()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
