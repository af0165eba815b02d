"""How long to wait before a process that died is started again."""

from __future__ import annotations


class Backoff:
    """Doubles the pause with each death in a row, from `initial_s` to `maximum_s`; a long life starts it over."""

    def __init__(self, initial_s: float = 0.5, maximum_s: float = 30.0, long_life_s: float = 60.0) -> None:
        self._initial_s = initial_s
        self._maximum_s = maximum_s
        self._long_life_s = long_life_s
        self._deaths = 0

    def pause_s(self, lived_s: float) -> float:
        """Seconds to wait after a process died at the age of `lived_s` seconds."""
        if lived_s >= self._long_life_s:
            self._deaths = 0
        pause_s = min(self._maximum_s, self._initial_s * 2.0**self._deaths)
        self._deaths += 1
        return pause_s
