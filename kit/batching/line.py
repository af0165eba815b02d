"""Who runs next: the line in front of the cores. Knows neither threads nor a clock, and is not thread-safe."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import Enum, auto
from math import inf
from typing import Final

from kit.batching.rows import Tensors
from kit.batching.wish import Priority, Wish
from kit.models.runtime import Tensor

# Behind so much that came later a request of the background is let in: it waits longer than others, but not for ever.
_HANDICAP_S: Final = {Priority.INTERACTIVE: 0.0, Priority.BACKGROUND: 1.0}


class State(Enum):
    """Where a request is."""

    WAITING = auto()
    LEADS = auto()
    """Its caller is to run the batch it is in."""
    RIDES = auto()
    """In a batch that another caller runs."""
    ANSWERED = auto()
    CANCELLED = auto()
    LATE = auto()


@dataclass(slots=True, eq=False)
class Ask:
    """One caller's request for one run."""

    inputs: Tensors
    rows: int
    kind: Hashable
    """Requests of the same kind may share a batch; None: shares with nobody."""
    max_rows: int
    """Largest batch to share; a single request may be larger."""
    wish: Wish
    since_s: float
    patience_s: float
    """So long it would rather wait for company than run."""
    least_s: float
    """No run of it is faster than this."""
    network: int = 0
    """Which network's run it is, whether it shares or not."""
    state: State = State.WAITING
    waited: bool = False
    """Others were at work or in the line when it came."""
    batch: list[Ask] = field(default_factory=list)
    cores: int = 0
    """How many cores its run holds."""
    answer: dict[str, Tensor] = field(default_factory=dict)
    bell: threading.Lock = field(default_factory=threading.Lock)
    """Held while its caller has to wait."""

    @property
    def deadline_s(self) -> float:
        """When the answer is of no use any more."""
        return inf if self.wish.deadline_s is None else self.wish.deadline_s

    @property
    def last_s(self) -> float:
        """From then on it cannot be answered in time, even if it ran at once."""
        return self.deadline_s - self.least_s

    @property
    def ripe_s(self) -> float:
        """Until then it would rather wait for company than run; a near deadline makes it hurry."""
        return min(self.since_s + self.patience_s, self.last_s - self.least_s)

    @property
    def background(self) -> bool:
        """Whether nobody waits for the answer."""
        return self.wish.priority is Priority.BACKGROUND

    @property
    def rank(self) -> float:
        """The lowest goes first."""
        return self.since_s + _HANDICAP_S[self.wish.priority]

    def part(self) -> None:
        """From now on it runs by itself, as soon as it is its turn."""
        self.kind, self.patience_s, self.batch, self.state = None, 0.0, [], State.WAITING

    def late(self, now_s: float) -> bool:
        """Whether it can be answered in time no more."""
        return now_s > self.last_s


class Line:
    """Requests that wait for a core."""

    def __init__(self) -> None:
        self._asks: list[Ask] = []

    def __len__(self) -> int:
        return len(self._asks)

    def waiting_for(self, network: int) -> int:
        """How many wait for a run of one network."""
        return sum(ask.network == network for ask in self._asks)

    def join(self, ask: Ask) -> None:
        """Gets in line."""
        self._asks.append(ask)

    def leave(self, ask: Ask) -> None:
        """Gets out of it."""
        self._asks.remove(ask)

    def late(self, now_s: float) -> list[Ask]:
        """Takes out those whose deadline can be kept no more."""
        late = [ask for ask in self._asks if ask.late(now_s)]
        self._asks = [ask for ask in self._asks if not ask.late(now_s)] if late else self._asks
        return late

    def take(self, now_s: float, *, background: bool) -> list[Ask]:
        """Takes out the next batch, its leader first; empty when nobody waits, or all would rather wait for company.

        Without `background` those of the background stay.
        """
        ready = (ask for ask in self._asks if background or not ask.background)
        for lead in sorted(ready, key=lambda ask: ask.rank):
            batch = self._batch(lead, now_s)
            if lead.ripe_s <= now_s or sum(ask.rows for ask in batch) >= lead.max_rows:
                self._asks = [ask for ask in self._asks if ask not in batch]
                return batch
        return []

    def _batch(self, lead: Ask, now_s: float) -> list[Ask]:
        """The leader and those behind it that fit in, as long as that makes nobody in it late."""
        batch, rows, end_s, deadline_s = [lead], lead.rows, now_s + lead.least_s, lead.deadline_s
        mates = [ask for ask in self._asks if ask is not lead and ask.kind == lead.kind] if lead.kind else []
        for ask in mates:
            earliest_s = min(deadline_s, ask.deadline_s)
            if rows + ask.rows <= lead.max_rows and end_s + ask.least_s <= earliest_s:
                batch.append(ask)
                rows, end_s, deadline_s = rows + ask.rows, end_s + ask.least_s, earliest_s
        return batch
