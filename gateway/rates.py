"""How often a token may call: moving windows, counted in memory or in Redis."""

from __future__ import annotations

import time
from typing import Protocol

from limits import RateLimitItem, parse
from limits.aio.strategies import MovingWindowRateLimiter
from limits.storage import storage_from_string

from gateway.tokens import Scope
from kit.errors import RateLimited


class Rates(Protocol):
    """Counts calls."""

    async def spend(self, token_id: str, scope: Scope) -> None:
        """Counts one call. Raises RateLimited, with the pause after which the next one is let through."""
        ...


class MovingWindowRates:
    """`Rates` by the library `limits`: one budget for calls that make things, one for calls that read."""

    def __init__(self, limiter: MovingWindowRateLimiter, write: RateLimitItem, read: RateLimitItem) -> None:
        self._limiter = limiter
        self._items = {Scope.ANALYZE: write, Scope.READ: read}

    async def spend(self, token_id: str, scope: Scope) -> None:
        """Counts one call. Raises RateLimited."""
        item = self._items[scope]
        if await self._limiter.hit(item, token_id):
            return
        window = await self._limiter.get_window_stats(item, token_id)
        # The storage tells the end of the window in wall-clock time of its own, hence no injected clock here.
        pause_s = max(0.0, window.reset_time - time.time())
        raise RateLimited(f"this token is limited to {item}; try again in {pause_s:.1f} s", retry_after_s=pause_s)


def open_rates(storage_url: str, write: str, read: str) -> MovingWindowRates:
    """Rates in the notation of `limits` ("1200/minute"), counted at `storage_url` ("async+memory://", "async+redis://…")."""
    return MovingWindowRates(MovingWindowRateLimiter(storage_from_string(storage_url)), parse(write), parse(read))
