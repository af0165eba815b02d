"""Kills one process after the other, at moments that nobody can foresee but by the seed.

Who was killed is let come back first: on a slow machine, nothing would ever be up otherwise, and nothing would be tried.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence

from tests.chaos.stack import Victims

Kill = tuple[float, str]
"""Seconds since the beginning, and the name of the process."""


class Killer:
    """Everyone has a turn before anyone has a second one.

    Attributes:
        kills: so far.
    """

    def __init__(self, victims: Victims, chance: random.Random, every_s: float) -> None:
        self._victims = victims
        self._chance = chance
        self._every_s = every_s
        self._began_s = time.monotonic()
        self.kills: list[Kill] = []

    async def rampage(self, most: int) -> None:
        """Until it has killed so often, or is cancelled."""
        turn: list[str] = []
        while len(self.kills) < most:
            await asyncio.sleep(self._chance.uniform(0.2, 1.8) * self._every_s)
            turn = turn or self._shuffled(list(self._victims.supervisors))
            name = turn.pop()
            self.kills.append((round(time.monotonic() - self._began_s, 1), name))
            await self._victims.kill(name)

    def _shuffled(self, names: Sequence[str]) -> list[str]:
        return self._chance.sample(names, len(names))
