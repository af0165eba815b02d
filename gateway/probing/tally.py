"""How often somebody did something lately, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable

from kit.clock import Clock

MAX_KEYS = 10_000
"""Keys that are remembered; the one that was quiet for longest is forgotten first."""
PARTS = 24
"""A window moves on by this part of its length."""


class Tally:
    """Counts by key."""

    def __init__(self, clock: Clock, max_keys: int = MAX_KEYS) -> None:
        self._clock = clock
        self._max_keys = max_keys
        self._counts: OrderedDict[Hashable, deque[tuple[int, int]]] = OrderedDict()

    def add(self, key: Hashable, window_s: float) -> int:
        """Counts one more; how many there were within the window, to a part of it. A key always has the same window."""
        counted = self._counts.setdefault(key, deque())
        self._counts.move_to_end(key)
        before, part = self.recent(key, window_s), self._part(window_s)
        if counted and counted[-1][0] == part:
            counted.append((part, counted.pop()[1] + 1))
        else:
            counted.append((part, 1))
        while len(self._counts) > self._max_keys:
            self._counts.popitem(last=False)
        return before + 1

    def recent(self, key: Hashable, window_s: float) -> int:
        """How many there were within the window."""
        counted, part = self._counts.get(key, deque()), self._part(window_s)
        while counted and counted[0][0] <= part - PARTS:
            counted.popleft()
        return sum(count for _, count in counted)

    def _part(self, window_s: float) -> int:
        return int(self._clock.monotonic_s() * PARTS / window_s)
