"""Has the queues looked into at once when this process knows of a change, so that looks at intervals may be rare."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from dbos import DBOS, Queue

# DBOS has no public way to look into a queue now. This is the loop that it would run itself, with our pauses between looks.
from dbos._queue import queue_worker_thread

from gateway.jobs.engine import Kind

_LEAST_PAUSE_S = 0.03
"""What a look takes up is counted only when it has begun: looks right behind each other would take up too much."""


class Bell(threading.Event):
    """How the loop of a queue waits between two looks: until its interval is over or somebody rings. `set` ends the loop."""

    def __init__(self) -> None:
        super().__init__()
        self._rung = threading.Event()
        self._looked_s = time.monotonic()

    def ring(self) -> None:
        """The next look is due: now, or a moment after the one before."""
        self._rung.set()

    def set(self) -> None:
        """It is over."""
        super().set()
        self._rung.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Whether it is over; returns when it is, or when a look is due."""
        if self._rung.wait(timeout):
            super().wait(max(0.0, self._looked_s + _LEAST_PAUSE_S - time.monotonic()))
        self._rung.clear()
        self._looked_s = time.monotonic()
        return self.is_set()


class Bells:
    """A bell for every queue, and the threads that look into them."""

    def __init__(self, instance: DBOS, queues: Mapping[Kind, Queue]) -> None:
        self._instance = instance
        self._queues = queues
        self._bells: Mapping[Kind, Bell] = {kind: Bell() for kind in queues}
        self._threads: dict[Kind, threading.Thread] = {}

    def listen(self) -> None:
        """Begins to look into all queues; again into those of which the thread has ended."""
        for kind, bell in self._bells.items():
            if kind not in self._threads or not self._threads[kind].is_alive():
                arguments = (bell, self._instance, self._queues[kind])
                self._threads[kind] = threading.Thread(
                    target=queue_worker_thread, args=arguments, name=f"queue-{kind}", daemon=True
                )
                self._threads[kind].start()

    def ring(self, kind: Kind) -> None:
        """There may be something to do in the queue of this kind. May be called from any thread."""
        self._bells[kind].ring()

    def stop(self) -> None:
        """Ends the looking; blocks until a look that is under way has ended."""
        for bell in self._bells.values():
            bell.set()
        for thread in self._threads.values():
            thread.join()
