"""Goes the steps: gives the canary its share, looks once a second, and does what was decided. It has never heard of processes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from canary.decide import Decision, Golden, decide, decide_golden
from canary.figures import Figures
from canary.policy import CanaryPolicy
from kit.clock import Clock
from kit.errors import DetectorUnavailable

LOOK_S: Final = 1.0


class CanaryGone(Exception):
    """The canary's process has ended; the message says how."""


class Stage(Protocol):
    """Where a canary and the stable version play."""

    async def share(self, percent: int) -> None:
        """Gives the canary so many of a hundred calls. Raises CanaryGone, DetectorUnavailable."""
        ...

    async def figures(self) -> tuple[Figures, Figures]:
        """Of the stable version and of the canary, since they started. Raises DetectorUnavailable."""
        ...


@dataclass(frozen=True)
class Step:
    """How one step went; `percent` 0 is the golden set, before anybody is answered by the canary."""

    percent: int
    took_s: float
    stable: Figures
    canary: Figures
    decision: Decision


@dataclass(frozen=True)
class Outcome:
    """Whether the canary may stay, why not, and how it came to that."""

    good: bool
    why: str
    steps: Sequence[Step] = field(default_factory=tuple)


Judge = Callable[[], Awaitable[Golden]]
Told = Callable[[Step], None]
Pause = Callable[[float], Awaitable[None]]


class Rollout:
    """One canary, from its first call to the decision. It is not promoted or rolled back here: who started it does that."""

    def __init__(
        self, policy: CanaryPolicy, stage: Stage, clock: Clock, told: Told, pause: Pause = asyncio.sleep
    ) -> None:
        self._policy = policy
        self._stage = stage
        self._clock = clock
        self._told = told
        self._pause = pause
        self._steps: list[Step] = []
        # What the stable version did when it last had calls enough: at 100 % it has none.
        self._reference: Figures | None = None

    async def run(self, judge: Judge | None = None) -> Outcome:
        """The golden set first, where there is one, then every step of the policy."""
        try:
            if judge is not None:
                began_s = self._clock.monotonic_s()
                decision = decide_golden(self._policy, await judge())
                self._note(0, began_s, Figures.none(), Figures.none(), decision)
                if decision.move != "go on":
                    return self._outcome(False, decision.why)
            for percent in self._policy.steps_percent:
                decision = await self._step(percent)
                if decision.move != "go on":
                    return self._outcome(False, f"at {percent} % {decision.why}")
        except CanaryGone as error:
            return self._outcome(False, f"its process {error}")
        return self._outcome(True, "all bounds were kept at every step")

    async def _step(self, percent: int) -> Decision:
        began_s = self._clock.monotonic_s()
        last: tuple[Figures, Figures] | None = None
        seen = [Figures.none(), Figures.none()]
        while True:
            took_s = self._clock.monotonic_s() - began_s
            try:
                # Said again at every look: an Envoy that was started again has forgotten it.
                await self._stage.share(percent)
                now = await self._stage.figures()
            except DetectorUnavailable as error:
                decision = self._unseen(took_s, error.message)
            else:
                # Added up look by look: Envoy, or a version, that is started again within the step counts from zero.
                pairs = zip(seen, now, last or now, strict=True)
                seen, last = [sum_.plus(each.since(earlier)) for sum_, each, earlier in pairs], now
                stable, canary = seen
                decision = self._decide(stable, canary, took_s)
                self._note(percent, began_s, stable, canary, decision)
            if decision.move != "wait":
                return decision
            await self._pause(LOOK_S)

    def _decide(self, stable: Figures, canary: Figures, took_s: float) -> Decision:
        if stable.calls.total >= self._policy.min_calls:
            self._reference = stable
            return decide(self._policy, stable, canary, took_s)
        if self._reference is None:
            return decide(self._policy, stable, canary, took_s)
        return decide(self._policy, self._reference, canary, took_s, " (the stable version in the step before)")

    def _unseen(self, took_s: float, why: str) -> Decision:
        if took_s >= self._policy.patience_s:
            return Decision("roll back", f"not told within {self._policy.patience_s:g} s: {why}", ())
        return Decision("wait", why, ())

    def _note(self, percent: int, began_s: float, stable: Figures, canary: Figures, decision: Decision) -> None:
        step = Step(percent, self._clock.monotonic_s() - began_s, stable, canary, decision)
        if self._steps and self._steps[-1].percent == percent:
            self._steps[-1] = step
        else:
            self._steps.append(step)
        self._told(step)

    def _outcome(self, good: bool, why: str) -> Outcome:
        return Outcome(good, why, tuple(self._steps))
