"""What was measured of a candidate, and of what is live, on the same files in the same run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from promotion.golden import Item


@dataclass(frozen=True)
class Reading:
    """What one set of models said of one item.

    Attributes:
        llr: natural log-likelihood ratio, positive for manipulation; None: it abstained, for the reason in `abstention`.
        alarm: whether it calls the item manipulated at its operating point.
        cpu_s: seconds of processor time that it took.
        abstention: why there is no opinion.
    """

    llr: float | None
    alarm: bool
    cpu_s: float
    abstention: str = ""


@dataclass(frozen=True)
class Side:
    """One set of models over all items.

    Attributes:
        readings: one per item, in their order; fewer when it failed.
        peak_rss_bytes: most memory that its process held.
        failure: why it did not get through, in one sentence; empty when it did.
        parity: what the checks of its network found wrong, in one sentence each.
        checks: what those checks were, in words.
    """

    readings: Sequence[Reading]
    peak_rss_bytes: int
    failure: str = ""
    parity: Sequence[str] = ()
    checks: str = ""


@dataclass(frozen=True)
class Measurements:
    """Both sides over the same items. Without `live`, the channel offers nothing yet.

    Attributes:
        judged_by: what the ratios are: the name of a test, or how they were put together.
    """

    items: Sequence[Item]
    candidate: Side
    live: Side | None
    judged_by: str = ""

    @property
    def failure(self) -> str:
        """Why there is nothing to judge; empty when there is."""
        if self.candidate.failure:
            return f"the candidate failed: {self.candidate.failure}"
        if self.live is not None and self.live.failure:
            return f"what is live failed: {self.live.failure}"
        return ""
