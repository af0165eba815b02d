"""How much a store may hold, when others fill and empty it too."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kit.clock import Clock
from kit.errors import StorageFull

# What others stored meanwhile is seen after this long; before somebody is refused, what they deleted is.
MEASURED_FOR_S = 300.0
_BEFORE_REFUSAL_S = 5.0


class Quota:
    """Counts bytes: measured now and then, and what came and went since, as far as this process knows."""

    def __init__(self, limit_bytes: int, measure: Callable[[], int], clock: Clock) -> None:
        self._limit_bytes = limit_bytes
        self._measure = measure
        self._clock = clock
        self._lock = threading.Lock()
        # Held by who measures: in a bucket of many files that takes long, and nobody else is to wait for it without need.
        self._measuring = threading.Lock()
        self._stored_bytes = 0
        self._coming_bytes = 0
        self._measured_s: float | None = None

    @contextmanager
    def room_for(self, size_bytes: int) -> Iterator[None]:
        """Keeps room for a file while it is written; it counts as stored when that went well. Raises StorageFull."""
        self._make_sure_of(size_bytes)
        stored_bytes = 0
        try:
            yield
            stored_bytes = size_bytes
        finally:
            with self._lock:
                self._coming_bytes -= size_bytes
                self._stored_bytes += stored_bytes

    def free(self, size_bytes: int) -> None:
        """A file is gone."""
        with self._lock:
            self._stored_bytes = max(0, self._stored_bytes - size_bytes)

    def found(self, stored_bytes: int) -> None:
        """Somebody has measured for another reason."""
        with self._lock:
            self._note(stored_bytes)

    def _make_sure_of(self, size_bytes: int) -> None:
        # While somebody else measures, the last numbers serve, where there are any.
        self._measure_when_older_than(MEASURED_FOR_S, wait=self._measured_s is None)
        if self._take(size_bytes):
            return
        self._measure_when_older_than(_BEFORE_REFUSAL_S, wait=True)
        if not self._take(size_bytes):
            raise StorageFull(
                "the media store has used up its quota; delete media, or wait until older ones expire",
                quota_bytes=str(self._limit_bytes),
            )

    def _take(self, size_bytes: int) -> bool:
        with self._lock:
            fits = self._stored_bytes + self._coming_bytes + size_bytes <= self._limit_bytes
            if fits:
                self._coming_bytes += size_bytes
        return fits

    def _measure_when_older_than(self, age_s: float, *, wait: bool) -> None:
        if not self._measuring.acquire(blocking=wait):
            return
        try:
            if self._measured_s is None or self._clock.monotonic_s() - self._measured_s >= age_s:
                self._note_measured()
        finally:
            self._measuring.release()

    def _note_measured(self) -> None:
        before_bytes = self._stored_bytes
        measured_bytes = self._measure()
        with self._lock:
            # What came meanwhile may not have been seen. Too much for a while is better than too little.
            self._note(measured_bytes + max(0, self._stored_bytes - before_bytes))

    def _note(self, stored_bytes: int) -> None:
        self._stored_bytes, self._measured_s = stored_bytes, self._clock.monotonic_s()
