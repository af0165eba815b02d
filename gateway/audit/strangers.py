"""Calls of strangers that were refused: the first one has an entry, those that follow are counted and share another.

Who has no token may call as often as the edge lets anybody, and the log cannot be shortened: with an entry for every call, a
stranger could fill the disk. They have touched nothing, so what counts is where from, how often, and why not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gateway.audit.entry import OK, Event

MOST_NETWORKS = 100
"""Above that, calls from all further networks are counted as from one: addresses cost nothing, and entries stay for good."""

MANY = "*"
"""Stands in an entry for more than one method, or network."""

_Kind = tuple[str, str]


class Strangers:
    """Counts."""

    def __init__(self) -> None:
        self._counted: dict[_Kind, int] = {}

    def counts(self, event: Event) -> bool:
        """Whether the event is told by `sums` later, and is not to be written now."""
        if event.owner or event.token_id or event.outcome == OK or event.calls > 1:
            return False
        kind = (event.network, event.outcome)
        if kind not in self._counted:
            if len(self._counted) < MOST_NETWORKS:
                self._counted[kind] = 0
                return False
            kind = (MANY, event.outcome)
        self._counted[kind] = self._counted.get(kind, 0) + 1
        return True

    def sums(self, now_ms: int) -> Sequence[Event]:
        """What was counted since the last time; the next call of every kind is a first one again."""
        found, self._counted = self._counted, {}
        empty = Event(now_ms, MANY, "")
        return [
            replace(empty, outcome=outcome, network=network, calls=calls)
            for (network, outcome), calls in found.items()
            if calls
        ]
