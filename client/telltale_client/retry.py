"""When to try again, and after how long."""

from __future__ import annotations

from dataclasses import dataclass

from telltale_client.effects import Rest
from telltale_client.errors import Cancelled, Internal, ResourceExhausted, Unavailable

# Refusals without a word on when to come again that pass by themselves.
_PASSING = ("RATE_LIMITED", "OVERLOADED", "")


@dataclass(frozen=True)
class Retry:
    """How patient a client is.

    Attributes:
        attempts: how often a call is made at most; of a stream, since its last message.
        first_attempts: the same while the server has never answered: a wrong address should not be tried for long.
        first_pause_s: pause after the first failure; it doubles with each further one.
        longest_pause_s: no pause of our own is longer.
        longest_wait_s: what the server asks for (RetryInfo) is followed up to this; where it asks for more, the error is
            raised at once, and its `retry_after_s` says how long.
    """

    attempts: int = 16
    first_attempts: int = 5
    first_pause_s: float = 0.25
    longest_pause_s: float = 5.0
    longest_wait_s: float = 60.0

    def pause_s(self, rest: Rest, draw: float, *, known: bool) -> float:
        """Seconds to wait before trying again.

        Args:
            rest: what failed.
            draw: a random number in [0, 1), by which those who failed together are spread.
            known: whether the server has ever answered.

        Raises:
            the error: when trying again is of no use, may do something twice, or was tried often enough.
        """
        error, asked_s = rest.error, rest.error.retry_after_s
        attempts = self.attempts if known else min(self.attempts, self.first_attempts)
        if rest.attempt >= attempts or not self._is_worth_it(rest):
            raise error
        own_s = min(self.longest_pause_s, self.first_pause_s * 2.0 ** (rest.attempt - 1)) * (1 + draw) / 2
        if asked_s is not None and asked_s > self.longest_wait_s:
            raise error
        return own_s if asked_s is None else asked_s

    def _is_worth_it(self, rest: Rest) -> bool:
        error = rest.error
        if isinstance(error, ResourceExhausted):  # refused, so nothing was done
            return error.retry_after_s is not None or error.reason in _PASSING
        if isinstance(error, Unavailable):
            return rest.again
        # Without a reason of ours it was not the server who said so: the connection broke, or the server stopped.
        return rest.again and isinstance(error, Internal | Cancelled) and not error.reason
