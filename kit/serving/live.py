"""What runs now, and what ran before for as long as calls need it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class _Held(Generic[T]):
    """A value and how many calls have it."""

    def __init__(self, value: T) -> None:
        self.value = value
        self.leases = 0
        self.retired = False


class Live(Generic[T]):
    """Gives each call one value for as long as it lasts, whatever is swapped meanwhile. Thread-safe, and never waits for work.

    `free` is told every value that was swapped out, once, when its last lease has ended; in the thread that ended it, so it
    must be quick and must not raise.
    """

    def __init__(self, value: T, free: Callable[[T], None]) -> None:
        self._lock = threading.Lock()
        self._held = _Held(value)
        self._free = free
        self._leases = 0

    @property
    def value(self) -> T:
        """What a call would get now. Whoever uses it for long takes a lease."""
        return self._held.value

    @property
    def leases(self) -> int:
        """Calls at work, those with what ran before included."""
        return self._leases

    @contextmanager
    def lease(self) -> Iterator[T]:
        """The value of now, to the end of the context."""
        with self._lock:
            held = self._held
            held.leases += 1
            self._leases += 1
        try:
            yield held.value
        finally:
            self._give_back(held)

    def swap(self, value: T) -> None:
        """Leases from now on get `value`. What ran before is freed when its last lease ends, at once when it has none."""
        with self._lock:
            old, self._held = self._held, _Held(value)
        self._retire(old)

    def close(self) -> None:
        """There will be no further lease: the value is freed when the last one ends. To be called once."""
        self._retire(self._held)

    def _retire(self, held: _Held[T]) -> None:
        with self._lock:
            held.retired = True
            drained = not held.leases
        if drained:
            self._free(held.value)

    def _give_back(self, held: _Held[T]) -> None:
        with self._lock:
            held.leases -= 1
            self._leases -= 1
            drained = held.retired and not held.leases
        if drained:
            self._free(held.value)
