"""How much a token may send: bytes, and seconds of video and sound, within a window of time.

A quota is one counter, not a note per byte: what was sent in the window before counts less and less as this one goes on
(`limits`: sliding window counter). What is refused is not counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from limits import RateLimitItem, parse
from limits.aio.storage import SlidingWindowCounterSupport, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from gateway.door.counters import answering
from kit.errors import InvalidSettings, QuotaExceeded

_BYTES, _SECONDS = "bytes", "seconds of video and sound"


class Quotas(Protocol):
    """Counts what tokens send."""

    async def byte_room(self, token_id: str, wanted: int) -> int:
        """How many bytes may be sent, nothing counted yet. Raises QuotaExceeded when `wanted` are more, StorageUnavailable."""
        ...

    async def charge_bytes(self, token_id: str, size_bytes: int) -> None:
        """Counts a file that has arrived. Raises QuotaExceeded, StorageUnavailable."""
        ...

    async def charge_media(self, token_id: str, duration_s: float) -> None:
        """Counts a file's playing time, begun seconds as whole ones; 0 for stills. Raises QuotaExceeded, StorageUnavailable."""
        ...


@dataclass(frozen=True)
class Window:
    """A counter as it stands.

    Attributes:
        length_s: of every window.
        before: counted in the window before; it is gone in `before_left_s`.
        now: counted in the window that goes on for another `now_left_s`.
    """

    length_s: float
    before: int
    before_left_s: float
    now: int
    now_left_s: float

    def counted(self) -> int:
        """What counts at the moment."""
        return math.floor(self.before * self.before_left_s / self.length_s) + self.now

    def pause_s(self, cost: int, limit: int) -> float:
        """Seconds until `cost`, at most `limit`, is let in when nobody else sends anything."""
        if self.now + cost <= limit:
            room = limit - self.now - cost
            return max(0.0, self.before_left_s - room * self.length_s / self.before) if self.before else 0.0
        return self.now_left_s + self.length_s * (1 - (limit - cost) / self.now)


class WindowQuotas:
    """`Quotas` by the library `limits`."""

    def __init__(self, counters: Storage, size: RateLimitItem, playing_time: RateLimitItem) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(counters)
        self._counters = counters
        self._size = size
        self._playing_time = playing_time

    async def byte_room(self, token_id: str, wanted: int) -> int:
        """How many bytes may be sent. Raises QuotaExceeded, StorageUnavailable."""
        window = await self._window(self._size, _BYTES, token_id)
        room = max(0, self._size.amount - window.counted())
        if wanted > room:
            raise exceeded(self._size, _BYTES, wanted, window)
        return room

    async def charge_bytes(self, token_id: str, size_bytes: int) -> None:
        """Counts a file. Raises QuotaExceeded, StorageUnavailable."""
        await self._charge(self._size, _BYTES, token_id, size_bytes)

    async def charge_media(self, token_id: str, duration_s: float) -> None:
        """Counts playing time. Raises QuotaExceeded, StorageUnavailable."""
        if seconds := math.ceil(duration_s):
            await self._charge(self._playing_time, _SECONDS, token_id, seconds)

    async def _charge(self, item: RateLimitItem, unit: str, token_id: str, cost: int) -> None:
        with answering():
            if await self._limiter.hit(item, unit, token_id, cost=cost):
                return
        raise exceeded(item, unit, cost, await self._window(item, unit, token_id))

    async def _window(self, item: RateLimitItem, unit: str, token_id: str) -> Window:
        length_s = item.get_expiry()
        assert isinstance(self._counters, SlidingWindowCounterSupport)
        with answering():
            state = await self._counters.get_sliding_window(item.key_for(unit, token_id), length_s)
        before, before_left_s, now, now_left_s = state
        # A counter lives for two windows: the one that it counts, and the one in which it is the one before.
        return Window(length_s, before, before_left_s, now, max(0.0, now_left_s - length_s))


def exceeded(item: RateLimitItem, unit: str, cost: int, window: Window) -> QuotaExceeded:
    """The refusal: what the quota is, what was wanted, and when it fits."""
    if cost > item.amount:
        return QuotaExceeded(
            f"this file has {cost} {unit}, more than this token's whole quota of {item}; ask the operator"
        )
    pause_s = window.pause_s(cost, item.amount)
    return QuotaExceeded(
        f"this token's quota of {unit} ({item}) has no room for {cost} more; try again in {pause_s:.0f} s",
        retry_after_s=pause_s,
    )


def open_quotas(counters: Storage, size: str, playing_time: str) -> WindowQuotas:
    """Quotas in the notation of `limits` ("107374182400/day"). Raises InvalidSettings: such counters cannot count windows."""
    if not isinstance(counters, SlidingWindowCounterSupport):
        raise InvalidSettings("rate_storage_url names a storage that cannot count quotas; use memory or Redis")
    return WindowQuotas(counters, parse(size), parse(playing_time))
