"""Follows a channel: looks now and then what it offers, and has the service run that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from kit.errors import ModelInvalid, ModelUntrusted, TelltaleError
from kit.log import get_logger
from kit.models.source import ModelSource
from kit.telemetry import Counter

LOOKS: Final = Counter(
    "telltale_channel_looks_total", "Looks at the channel: same, changed, refused, failed.", "outcome"
)

_MAX_BACKOFF: Final = 16


@dataclass(frozen=True)
class Offer:
    """A complete set of models that a channel offers."""

    cards: Mapping[str, str]
    """SHA-256 of the card by name of the model: which set it is."""
    models: ModelSource
    """Fetches and checks them."""
    trusted: frozenset[str] = frozenset()
    """By which keys: what was refused for want of one is tried again once it is there."""


class Channel(Protocol):
    """What offers models."""

    def offered(self) -> Offer:
        """What holds now, verified. Raises StorageUnavailable, ModelInvalid, ModelUntrusted."""
        ...


class Watcher:
    """One thread that looks every `poll_s`, and less and less often while the registry does not answer.

    A set that was refused is not tried again by the same keys; the next one is.

    Args:
        channel: what to follow.
        follow: has the service run a set. Raises what refuses it.
        refuse: is told why what a channel offers cannot even be tried.
        running: what runs at the start, as in `Offer.cards`.
        poll_s: seconds from one look to the next.
    """

    def __init__(
        self,
        channel: Channel,
        follow: Callable[[Offer], object],
        refuse: Callable[[TelltaleError], None],
        running: Mapping[str, str],
        poll_s: float,
    ) -> None:
        self._channel = channel
        self._follow = follow
        self._refuse = refuse
        self._settled: object = running
        self._poll_s = poll_s
        self._failures = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="channel", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Looks no more; waits for a look that is under way."""
        self._stop.set()
        self._thread.join()

    def look(self) -> float:
        """Looks once. Seconds until the next time."""
        outcome = "failed"
        try:
            outcome = self._settle()
            self._failures = 0
        except TelltaleError as error:
            self._failures += 1
            get_logger().warning("the channel cannot be followed now", reason=error.reason_name(), why=error.message)
        except Exception:  # The last resort of a thread that nobody waits for: it must look again.
            self._failures += 1
            get_logger().exception("the channel cannot be followed now")
        LOOKS.add(outcome=outcome)
        return self._poll_s * min(1 << self._failures, _MAX_BACKOFF)

    def _settle(self) -> str:
        try:
            offer = self._channel.offered()
        except (ModelInvalid, ModelUntrusted) as error:
            if self._settled != error.message:
                self._refuse(error)
            self._settled = error.message
            return "refused"
        if self._settled in (offer.cards, (offer.cards, offer.trusted)):
            return "same"
        try:
            self._follow(offer)
        except (ModelInvalid, ModelUntrusted):  # Logged, counted and noted by who refused it.
            self._settled = (offer.cards, offer.trusted)
            return "refused"
        self._settled = offer.cards
        return "changed"

    def _run(self) -> None:
        wait_s = self._poll_s
        while not self._stop.wait(wait_s):
            wait_s = self.look()
