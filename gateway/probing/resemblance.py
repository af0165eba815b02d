"""How many files much like this one a token has sent lately, and no more of them than its budget.

A perceptual hash (kit.media.likeness) is cut into four bands of sixteen bits. Of each band a counter is kept under the HMAC of
token and band, so that no store holds a hash: without the signing key a counter leads back to nothing, and it ends with its
window. A file is like another one as far as a band is concerned when at most one bit of it differs. The number of files that it
is like is the second highest of four such counts: different pictures agree in one band now and then, in two hardly ever, while a
variant keeps two or more (measured by `make bench-protection`).
"""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Protocol

from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import MovingWindowRateLimiter

from gateway.door.counters import answering
from gateway.metrics import NEAR_DUPLICATES
from kit.errors import TooManyNearDuplicates

_BANDS, _BAND_BITS = 4, 16
_NEEDED = 2
"""Bands that must agree."""
_NEIGHBOURS = (0, *(1 << bit for bit in range(_BAND_BITS)))
"""What is flipped to get a band, and all that differ in one bit."""


@dataclass(frozen=True)
class Resemblance:
    """How a file compares with others of its token in the window.

    Attributes:
        alike: files much like it.
        same: those of them whose hash is the very same, as in a series of single changed pixels.
    """

    alike: int = 0
    same: int = 0


class NearDuplicates(Protocol):
    """Counts files that look alike."""

    async def count(self, token_id: str, sha256: str, likeness: int | None) -> Resemblance:
        """Counts a file; what it was like before. The same bytes count once, and what has no hash not at all.

        Raises:
            TooManyNearDuplicates, with the pause after which it is worth trying again; StorageUnavailable.
        """
        ...


class BandedDuplicates:
    """`NearDuplicates` by the library `limits`: moving windows in memory or in a Redis that several gateways share."""

    def __init__(self, counters: Storage, budget: RateLimitItem, key: bytes) -> None:
        self._limiter = MovingWindowRateLimiter(counters)
        self._budget = budget
        self._once = type(budget)(1, budget.multiples)
        self._key = key

    async def count(self, token_id: str, sha256: str, likeness: int | None) -> Resemblance:
        """Counts a file. Raises TooManyNearDuplicates, StorageUnavailable."""
        if likeness is None:
            return Resemblance()
        with answering():
            return await self._counted(token_id, self._named(token_id, "bytes", sha256), _bands(likeness))

    async def _counted(self, token_id: str, name: str, bands: list[int]) -> Resemblance:
        if not await self._limiter.test(self._once, name):
            return Resemblance()
        balls = [await self._ball(token_id, place, band) for place, band in enumerate(bands)]
        found = Resemblance(_agreed([ball.alike for ball in balls]), min(ball.same for ball in balls))
        if found.alike >= self._budget.amount:
            NEAR_DUPLICATES.add(outcome="refused")
            raise self._refusal(max(ball.reset_s for ball in balls if ball.alike >= self._budget.amount))
        await self._limiter.hit(self._once, name)
        for place, band in enumerate(bands):
            await self._limiter.hit(self._budget, self._named(token_id, place, band))
        if found.alike:
            NEAR_DUPLICATES.add(outcome="taken")
        return found

    async def _ball(self, token_id: str, place: int, band: int) -> _Ball:
        windows = [
            await self._limiter.get_window_stats(self._budget, self._named(token_id, place, band ^ flipped))
            for flipped in _NEIGHBOURS
        ]
        counts = [self._budget.amount - window.remaining for window in windows]
        used = [window.reset_time for window, count in zip(windows, counts, strict=True) if count]
        return _Ball(sum(counts), counts[0], min(used, default=0.0))

    def _named(self, token_id: str, *parts: str | int) -> str:
        text = "\n".join(map(str, (token_id, *parts)))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def _refusal(self, reset_s: float) -> TooManyNearDuplicates:
        # The storage tells the end of the window in wall-clock time of its own, hence no injected clock here.
        pause_s = max(0.0, reset_s - time.time())
        return TooManyNearDuplicates(
            f"this token has sent {self._budget.amount} files much like this one within {self._budget.get_expiry():.0f} s, which "
            f"is its budget for variants of one picture; try again in {pause_s:.0f} s, or send each picture once",
            retry_after_s=pause_s,
        )


@dataclass(frozen=True)
class _Ball:
    """Files that agree in one band: in all but one bit at most, exactly, and when the first of them stops counting."""

    alike: int
    same: int
    reset_s: float


def open_near_duplicates(counters: Storage, budget: str, key: bytes) -> BandedDuplicates:
    """A budget in the notation of `limits` ("60/hour"), counted under names that only the holder of `key` can tell."""
    return BandedDuplicates(counters, parse(budget), key)


def _bands(likeness: int) -> list[int]:
    """Every fourth bit each, so that no band holds the lowest frequencies alone, which many pictures share."""
    bits = [likeness >> place & 1 for place in range(_BANDS * _BAND_BITS)]
    return [sum(bit << place for place, bit in enumerate(bits[first::_BANDS])) for first in range(_BANDS)]


def _agreed(counts: list[int]) -> int:
    """As many as at least `_NEEDED` bands agree on."""
    return sorted(counts)[-_NEEDED]
