"""Which workers are dead: those that have not said for a while that they live."""

from __future__ import annotations

import math

from gateway.jobs.ledger import Roll


class Silence:
    """Counts looks at the roll during which a worker said nothing.

    Looks are counted, not seconds: no two clocks are compared, and a time in which nobody could look (the database was away, this
    process was asleep) is held against nobody.
    """

    def __init__(self, interval_s: float, silent_s: float) -> None:
        self._most = math.ceil(silent_s / interval_s)
        self._seen: dict[str, tuple[int, int]] = {}

    def dead(self, roll: Roll) -> set[str]:
        """After one more look: who is silent for too long, and who has jobs at work without being on the roll."""
        self._seen = {name: (beats, self._looks(name, beats)) for name, beats in roll.beats.items()}
        silent = {name for name, (_, looks) in self._seen.items() if looks >= self._most}
        return silent | (roll.at_work - roll.beats.keys())

    def shared(self, name: str, roll: Roll) -> bool:
        """Before the next look: whether another process beats under this name, too, since it did so twice between two looks."""
        before, _ = self._seen.get(name, (roll.beats[name], 0))
        return roll.beats[name] > before + 1

    def missed(self) -> None:
        """Nobody could look: counting begins again."""
        self._seen = {}

    def _looks(self, name: str, beats: int) -> int:
        before, looks = self._seen.get(name, (beats, -1))
        return looks + 1 if before == beats else 0
