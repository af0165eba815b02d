"""A network that many callers ask at once."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Protocol

from kit.batching.cores import Cores
from kit.batching.line import Ask
from kit.batching.metrics import ROWS, WAIT_SECONDS, WAITING
from kit.batching.rows import Tensors, apart, likeness, rows_of, together
from kit.batching.wish import Wish, current_wish
from kit.errors import TelltaleError
from kit.models.runtime import Tensor
from kit.telemetry import tracing


class CrewSession(Protocol):
    """A network that can be run on one core, or on all of them."""

    def run(self, inputs: Tensors, *, wide: bool) -> dict[str, Tensor]:
        """Named tensors in, named tensors out. Safe to call from several threads."""
        ...

    def close(self) -> None:
        """Gives its memory back. Nobody may run it any more."""
        ...


class Batcher:
    """A `Session` whose requests wait for their turn at the cores; those that are alike share a batch along axis 0.

    Requests share one when names, types and all axes but axis 0 are the same and together they have at most `max_rows` rows;
    a request of more rows runs by itself. Each caller gets its own rows. When a shared run fails, each of its requests runs
    again by itself, so that what is wrong with one is told to its caller alone.

    What the caller wishes (deadline, cancel, priority) is that of `kit.batching.wish` in its thread.

    Attributes:
        model: whose network it is, for the metrics.
        max_rows: rows of the largest batch to share; 1: nobody shares.
        max_wait_s: how long a request waits for company while a core is free.
    """

    def __init__(
        self, crew: CrewSession, cores: Cores, *, model: str = "", max_rows: int = 1, max_wait_s: float = 0.0
    ) -> None:
        self._crew = crew
        self._cores = cores
        self._pace = _Pace()
        self._forget = WAITING.follow(lambda: {(model,): cores.waiting_for(id(self))})
        self.model = model
        self.max_rows = max_rows
        self.max_wait_s = max_wait_s

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Named tensors in, named tensors out. Safe to call from several threads.

        Raises:
            Overloaded: too many requests wait already.
            DeadlineExceeded: it could not be answered by the wish's deadline; it was not run.
            Cancelled: the wish's token was cancelled while it waited.
            InvalidRequest: the names or shapes are not the network's.
        """
        with tracing.inner("network", **{"telltale.model.name": self.model}):
            ask = self._ask(inputs, current_wish())
            if self._cores.turn(ask):
                self._lead_or_alone(ask)
            return ask.answer

    def close(self) -> None:
        """Gives the network's memory back. Nobody may run it any more. There are no threads to end."""
        self._forget()
        self._crew.close()

    def _lead_or_alone(self, ask: Ask) -> None:
        try:
            self._lead(ask)
        except (TelltaleError, MemoryError):
            if len(ask.batch) == 1:
                raise
            self._cores.again(ask)
            self._lead(ask)
        finally:
            # The batch holds who leads it: a circle, whose tensors would wait for a search for circles.
            ask.batch = []

    def _ask(self, inputs: Tensors, wish: Wish) -> Ask:
        now_s = self._cores.clock.monotonic_s()
        rows = rows_of(inputs) if self.max_rows > 1 else None
        shares = rows is not None and 0 < rows < self.max_rows
        least_s = self._pace.least_s(_elements(inputs))
        return Ask(
            inputs=inputs,
            rows=rows or 1,
            kind=(id(self), wish.priority, likeness(inputs)) if shares else None,
            max_rows=self.max_rows,
            wish=wish,
            since_s=now_s,
            patience_s=self.max_wait_s if shares else 0.0,
            least_s=least_s,
            network=id(self),
        )

    def _lead(self, ask: Ask) -> None:
        answers, clock = None, self._cores.clock
        started_s = clock.monotonic_s()
        self._count(ask, started_s)
        try:
            inputs = together([each.inputs for each in ask.batch])
            outputs = self._crew.run(inputs, wide=ask.cores > 1)
            answers = apart(outputs, [each.rows for each in ask.batch])
            self._pace.saw(_elements(inputs), clock.monotonic_s() - started_s)
        finally:
            self._cores.end(ask, answers)

    def _count(self, lead: Ask, now_s: float) -> None:
        ROWS.observe(sum(ask.rows for ask in lead.batch), model=self.model)
        for ask in lead.batch:
            WAIT_SECONDS.observe(now_s - ask.since_s, model=self.model)


class _Pace:
    """How fast a network was at its fastest. Whatever thread writes last wins; that costs nothing but a little precision."""

    def __init__(self) -> None:
        self._s_per_element = inf

    def saw(self, elements: int, took_s: float) -> None:
        """A run of so many numbers took so long."""
        self._s_per_element = min(self._s_per_element, took_s / max(1, elements))

    def least_s(self, elements: int) -> float:
        """What a run of so many numbers takes at least, from all that was seen."""
        return 0.0 if self._s_per_element == inf else self._s_per_element * elements


def _elements(inputs: Tensors) -> int:
    return sum(tensor.size for tensor in inputs.values())
