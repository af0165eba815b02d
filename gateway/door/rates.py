"""How often a token may call, or a stranger without one: moving windows, counted in memory or in Redis."""

from __future__ import annotations

import time
from typing import Protocol

from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import MovingWindowRateLimiter

from gateway.door.counters import answering
from gateway.door.tokens import Scope
from kit.errors import RateLimited


class Rates(Protocol):
    """Counts calls."""

    async def spend(self, token_id: str, scope: Scope, cost: int) -> None:
        """Counts a call as `cost` calls.

        Raises RateLimited, with the pause after which the next one is let through, and without for more than the whole rate;
        StorageUnavailable.
        """
        ...

    async def visit(self, network: str, cost: int) -> None:
        """The same for a call without a token, from an address in `network`."""
        ...


class MovingWindowRates:
    """`Rates` by the library `limits`: one budget for calls that make things, one for calls that read, one for strangers."""

    def __init__(
        self, limiter: MovingWindowRateLimiter, write: RateLimitItem, read: RateLimitItem, visit: RateLimitItem
    ) -> None:
        self._limiter = limiter
        self._items = {Scope.ANALYZE: write, Scope.READ: read}
        self._visit = visit

    async def spend(self, token_id: str, scope: Scope, cost: int) -> None:
        """Counts a call. Raises RateLimited, StorageUnavailable."""
        # Rates that are set alike are still two budgets, so the scope is part of the name.
        await self._hit(self._items[scope], "this token is", scope.value, token_id, cost=cost)

    async def visit(self, network: str, cost: int) -> None:
        """Counts a call. Raises RateLimited, StorageUnavailable."""
        await self._hit(self._visit, "calls without a token are", "visitor", network, cost=cost)

    async def _hit(self, item: RateLimitItem, limited: str, *who: str, cost: int) -> None:
        if cost > item.amount:
            raise RateLimited(
                f"{limited} limited to {item}, and this call counts as {cost}; ask for less, or the operator"
            )
        with answering():
            if await self._limiter.hit(item, *who, cost=cost):
                return
            window = await self._limiter.get_window_stats(item, *who)
        # The storage tells the end of the window in wall-clock time of its own, hence no injected clock here.
        pause_s = max(0.0, window.reset_time - time.time())
        raise RateLimited(f"{limited} limited to {item}; try again in {pause_s:.1f} s", retry_after_s=pause_s)


def open_rates(counters: Storage, write: str, read: str, visit: str) -> MovingWindowRates:
    """Rates in the notation of `limits` ("1200/minute")."""
    return MovingWindowRates(MovingWindowRateLimiter(counters), parse(write), parse(read), parse(visit))
