"""The cores of this process, and whose turn it is to use one.

There is no thread of its own here: a run is done by the thread of a caller. One who comes while a core is free runs at once; the
others wait, and whoever ends a run wakes the one whose turn it is next, who then runs for all that share its batch.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from math import inf

from kit.batching.line import Ask, Line, State
from kit.clock import Clock, SystemClock
from kit.errors import Cancelled, DeadlineExceeded, Overloaded
from kit.models.runtime import Tensor

_RETRY_AFTER_S = 1.0
# A clock may wake a waiter a little before the moment that it asked for.
_MARGIN_S = 1e-4


class Cores:
    """So many runs of one core each, or one run of all of them. Thread-safe; one for a process.

    One run of the background may go on beside them. It begins when a core is free, or when it has waited long, and holds none:
    its thread has a low priority, and to hold a core for it would be to wait for it.

    Attributes:
        count: how many cores there are.
    """

    def __init__(self, count: int, clock: Clock, max_waiting: int = 64) -> None:
        self.count = count
        self.clock = clock
        self._max_waiting = max_waiting
        self._free = count
        self._background = False
        self._line = Line()
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """Requests in line."""
        return len(self._line)

    def waiting_for(self, network: int) -> int:
        """Those of them that wait for a run of one network."""
        with self._lock:
            return self._line.waiting_for(network)

    def turn(self, ask: Ask) -> bool:
        """Waits until it is this request's turn, or somebody answered it. True: the caller is to run `ask.batch`, and
        then to call `end`; False: `ask.answer` is there.

        Raises:
            Overloaded: too many wait already.
            DeadlineExceeded: it could not be answered in time.
            Cancelled: whoever asked for it does not wait any more.
        """
        if ask.wish.cancel:
            ask.wish.cancel.raise_if_cancelled()
        with self._lock:
            self._refuse_crowd()
            self._join(ask)
        return self._waited(ask)

    def again(self, ask: Ask) -> None:
        """Waits for the next turn of one that led a batch which failed: it is to run by itself. Raises all but Overloaded."""
        with self._lock:
            ask.part()
            self._join(ask)
        self._waited(ask)

    def end(self, lead: Ask, answers: Sequence[dict[str, Tensor]] | None) -> None:
        """The run of `lead.batch` is over. None: it failed, and all but its leader are in line again, each by itself."""
        with self._lock:
            self._free += lead.cores
            self._background = self._background and not lead.background
            for index, ask in enumerate(lead.batch):
                if answers is not None:
                    ask.answer = answers[index]
                    self._ring(ask, State.ANSWERED)
                elif ask is not lead:
                    ask.part()
                    self._line.join(ask)
            self._dispatch()

    def _refuse_crowd(self) -> None:
        if self.waiting >= self._max_waiting:
            raise Overloaded(
                f"{self._max_waiting} runs of networks wait already, which is the limit; try again",
                retry_after_s=_RETRY_AFTER_S,
            )

    def _join(self, ask: Ask) -> None:
        ask.waited = self._free < self.count or self.waiting > 0
        self._line.join(ask)
        self._dispatch()
        if ask.state is not State.LEADS:
            ask.bell.acquire(blocking=False)  # one that waited before holds it since it rang

    def _waited(self, ask: Ask) -> bool:
        if ask.state in (State.WAITING, State.RIDES):
            self._wait(ask)
        if ask.state is State.CANCELLED:
            raise Cancelled("The work was cancelled: whoever asked for it does not wait any more.")
        if ask.state is State.LATE:
            raise DeadlineExceeded("the time left is too short for the work; allow more time, or ask for less")
        return ask.state is State.LEADS

    def _dispatch(self) -> None:
        now_s = self.clock.monotonic_s()
        for ask in self._line.late(now_s):
            self._ring(ask, State.LATE)
        while self._free and (batch := self._line.take(now_s, background=not self._background)):
            self._start(batch)

    def _start(self, batch: list[Ask]) -> None:
        lead, *riders = batch
        # Who waited has company, and two narrow runs side by side do more than two wide ones one after the other.
        alone = self._free == self.count and not self.waiting and not lead.waited
        lead.batch, lead.cores = batch, self.count if alone else 1
        if lead.background:
            lead.cores, self._background = 0, True
        self._free -= lead.cores
        for rider in riders:
            rider.state = State.RIDES
        self._ring(lead, State.LEADS)

    def _wait(self, ask: Ask) -> None:
        unsubscribe = ask.wish.cancel.on_cancel(lambda: self._cancel(ask)) if ask.wish.cancel else None
        try:
            while not self._rung(ask):
                with self._lock:
                    self._dispatch()
        finally:
            if unsubscribe:
                unsubscribe()

    def _rung(self, ask: Ask) -> bool:
        """Waits for the bell, at most until something has to be looked at; whether it rang."""
        now_s = self.clock.monotonic_s()
        look_s = ask.ripe_s if ask.ripe_s > now_s else ask.last_s
        # While others run its batch only the bell counts.
        if look_s == inf or ask.state is not State.WAITING:
            return ask.bell.acquire()
        return ask.bell.acquire(timeout=min(max(0.0, look_s - now_s) + _MARGIN_S, threading.TIMEOUT_MAX))

    def _cancel(self, ask: Ask) -> None:
        with self._lock:
            if ask.state is State.WAITING:
                self._line.leave(ask)
                self._ring(ask, State.CANCELLED)

    @staticmethod
    def _ring(ask: Ask, state: State) -> None:
        ask.state = state
        if ask.bell.locked():
            ask.bell.release()


@functools.cache
def cores_of_process(count: int) -> Cores:
    """The cores of this process. Like its log they belong to the process: whatever sets of models run in it share them."""
    return Cores(count, SystemClock())
