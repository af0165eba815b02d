"""Sets of models side by side: "main" answers everybody, others whoever names them, shadows nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic

from kit.clock import Clock
from kit.errors import InvalidRequest, NotFound
from kit.models.card import LoadedModel
from kit.serving.bundle import Bundle, D
from kit.serving.live import Live

MAIN: Final = "main"
"""The lane that always is."""


@dataclass(frozen=True, slots=True)
class LaneView:
    """A lane at one moment; models are in order of name."""

    name: str
    models: Sequence[LoadedModel]
    since: datetime
    shadow: bool
    calls: int
    """At work, those that began before the last switch included."""
    before: Sequence[LoadedModel]
    """What it ran before its last switch; empty when there was none, or when it was rolled back."""
    basis: str
    """By what it answers: see `kit.models.basis`."""
    refusal: str
    """Why the last attempt to switch was refused; empty when it was not."""


class _Lane(Generic[D]):
    def __init__(self, live: Live[Bundle[D]], since: datetime, *, shadow: bool) -> None:
        self.live = live
        self.since = since
        self.shadow = shadow
        self.before: Sequence[LoadedModel] = ()
        self.refusal = ""

    def view(self, name: str) -> LaneView:
        bundle, calls = self.live.value, self.live.leases
        basis = bundle.detector.basis
        return LaneView(name, bundle.models, self.since, self.shadow, calls, self.before, basis, self.refusal)


class Lanes(Generic[D]):
    """The lanes of a service. Thread-safe; none of its methods waits for a call or for a model.

    `free` is told every bundle that no call needs any more.
    """

    def __init__(self, main: Bundle[D], limit: int, clock: Clock, free: Callable[[Bundle[D]], None]) -> None:
        self._lock = threading.Lock()
        self._limit = limit
        self._clock = clock
        self._free = free
        self._lanes = {MAIN: _Lane(Live(main, free), clock.now(), shadow=False)}

    @contextmanager
    def lease(self, name: str = MAIN, *, shadow: bool = False) -> Iterator[D]:
        """The detector of a lane, the same one to the end of the context.

        Raises NotFound, also for a shadow that is not asked as one.
        """
        with self.hold(name, shadow=shadow) as bundle:
            yield bundle.detector

    @contextmanager
    def hold(self, name: str = MAIN, *, shadow: bool = False) -> Iterator[Bundle[D]]:
        """The same with the networks behind the detector, for who asks those themselves. Raises NotFound."""
        with ExitStack() as stack:
            with self._lock:
                lane = self._lanes.get(name)
                if lane is None or lane.shadow is not shadow:
                    raise NotFound(
                        f"there is no lane {name!r} here to be asked; there are: {', '.join(self._names(shadow))}"
                    )
                bundle = stack.enter_context(lane.live.lease())
            yield bundle

    def shadows(self) -> list[str]:
        """Names of the shadows, sorted."""
        with self._lock:
            return self._names(shadow=True)

    def views(self) -> list[LaneView]:
        """All lanes, "main" first, the others in order of name."""
        with self._lock:
            names = sorted(self._lanes, key=lambda name: (name != MAIN, name))
            return [self._lanes[name].view(name) for name in names]

    def view(self, name: str) -> LaneView:
        """One lane. Raises NotFound."""
        with self._lock:
            return self._known(name).view(name)

    def bundle(self, name: str = MAIN) -> Bundle[D]:
        """What a lane runs now, to look at; calls take a lease. Raises NotFound."""
        with self._lock:
            return self._known(name).live.value

    def expect(self, name: str, *, shadow: bool) -> bool:
        """Whether the lane is there already; checked before models are loaded for it.

        Raises InvalidRequest: it is there and no shadow, or the other way round; it is "main" and to be a shadow; or no further
        lane may be opened.
        """
        with self._lock:
            lane = self._lanes.get(name)
            if name == MAIN and shadow:
                raise InvalidRequest(f"{MAIN!r} answers everybody and cannot be a shadow; name another lane")
            if lane is None and len(self._lanes) >= self._limit:
                raise InvalidRequest(f"{self._limit} lanes are open, which is the limit (max_lanes); drop one first")
            if lane is not None and lane.shadow is not shadow:
                raise InvalidRequest(
                    f"lane {name!r} is {'' if lane.shadow else 'not '}a shadow; drop it, then open it anew"
                )
            return lane is not None

    def put(self, name: str, bundle: Bundle[D], *, shadow: bool = False, rolled_back: bool = False) -> None:
        """Has new calls of a lane answered by `bundle`; opens the lane when it is not there."""
        with self._lock:
            lane = self._lanes.get(name)
            if lane is None:
                self._lanes[name] = _Lane(Live(bundle, self._free), self._clock.now(), shadow=shadow)
                return
            # Asking twice for the way back must not lead forward again, to what was bad.
            lane.before = () if rolled_back else lane.live.value.models
            lane.since, lane.refusal = self._clock.now(), ""
            live = lane.live
        live.swap(bundle)

    def refuse(self, name: str, why: str) -> None:
        """Notes why a switch of a lane came to nothing, or with "" that it does not matter any more; nothing where is no lane."""
        with self._lock:
            if name in self._lanes:
                self._lanes[name].refusal = why

    def drop(self, name: str) -> None:
        """Ends a lane; its calls at work end with what they have. Raises NotFound, InvalidRequest for "main"."""
        with self._lock:
            if name == MAIN:
                raise InvalidRequest(f"{MAIN!r} answers everybody and cannot be dropped; switch it")
            lane = self._known(name)
            del self._lanes[name]
        lane.live.close()

    def close(self) -> None:
        """Ends all lanes, when the service ends."""
        with self._lock:
            lanes, self._lanes = list(self._lanes.values()), {}
        for lane in lanes:
            lane.live.close()

    def _known(self, name: str) -> _Lane[D]:
        if name not in self._lanes:
            raise NotFound(f"there is no lane {name!r} here; there are: {', '.join(sorted(self._lanes))}")
        return self._lanes[name]

    def _names(self, shadow: bool) -> list[str]:
        return sorted(name for name, lane in self._lanes.items() if lane.shadow is shadow)
