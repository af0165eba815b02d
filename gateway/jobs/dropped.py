"""Which jobs of a worker nobody has in hand, although they are its own and it lives."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet


class Dropped:
    """Counts looks during which a job was at work only on paper.

    That happens when a connection breaks while a job is taken from the queue and the answer gets lost, or when DBOS gives a job
    up over an error of the database and cannot write that down. Between two steps a job is in nobody's hands for moments, too.
    """

    def __init__(self, interval_s: float, silent_s: float) -> None:
        self._most = math.ceil(silent_s / interval_s)
        self._looks: dict[str, int] = {}

    def after(self, idle: AbstractSet[str]) -> set[str]:
        """After one more look, at which these jobs were idle: those that have been for too long."""
        self._looks = {job_id: self._looks.get(job_id, 0) + 1 for job_id in idle}
        return {job_id for job_id, looks in self._looks.items() if looks > self._most}

    def restart(self) -> None:
        """Counting begins again: another process of the same name is there, and may have in hand what we have not."""
        self._looks = {}
