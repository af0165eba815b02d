"""Has a candidate and what is live judge the same files, in turns, each in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

from kit.models.card import LoadedModel
from promotion.golden import GoldenSet, Item
from promotion.judging.wire import Order
from promotion.measurements import Measurements, Reading, Side
from promotion.policy import Policy
from promotion.process import Judging, JudgingFailed, JudgingProcess
from promotion.versions import place_of

Models = Mapping[str, LoadedModel]
Start = Callable[[Order], AbstractContextManager[Judging]]
Told = Callable[[int, int], None]
"""Takes how many items are done, of how many."""

_REPEATS: Final = 5


def starter(policy: Policy) -> Start:
    """Starts real processes, with the policy's patience."""
    return lambda order: JudgingProcess.start(order, start_s=policy.start_timeout_s, item_s=policy.item_timeout_s)


@dataclass
class _Run:
    """One side while it is measured. After its first failure it is left alone."""

    judging: Judging
    readings: list[Reading] = field(default_factory=list)
    parity: list[str] = field(default_factory=list)
    peak_rss_bytes: int = 0
    checks: str = ""
    failure: str = ""

    def begin(self, first: Item | None) -> None:
        """Waits until it is loaded. The first file costs what no other does, so it is judged once before it counts."""
        with self._failures(""):
            ready = self.judging.ready()
            self.parity, self.checks = list(ready.parity), ready.checks
        if first is not None:
            self.read(first)
            self.readings.clear()

    def read(self, item: Item) -> None:
        if not self.failure:
            with self._failures(f"{item.path.name}: "):
                self.readings.append(self._reading(item))

    def repeat(self, items: Sequence[Item]) -> None:
        """Judges the first items again: the same file must give the same answer."""
        for item, before in zip(items[:_REPEATS], self.readings, strict=False):
            with self._failures(f"{item.path.name}: "):
                found = self._reading(item)
                if (found.llr, found.alarm) != (before.llr, before.alarm):
                    self.parity.append(f"{item.path.name} was answered {before.llr} and then {found.llr}")

    def side(self) -> Side:
        repeated = f"the first {min(_REPEATS, len(self.readings))} files twice the same"
        checks = "; ".join(each for each in (repeated, self.checks) if each)
        return Side(self.readings, self.peak_rss_bytes, self.failure, self.parity, checks)

    def _reading(self, item: Item) -> Reading:
        said = self.judging.judge(item)
        self.peak_rss_bytes = max(self.peak_rss_bytes, said.peak_rss_bytes)
        return Reading(said.llr, said.alarm, said.cpu_s, said.abstention)

    @contextmanager
    def _failures(self, what: str) -> Iterator[None]:
        try:
            yield
        except JudgingFailed as error:
            self.failure = f"{what}{error}"


def measure(
    name: str,
    golden: GoldenSet,
    candidate: Models,
    live: Models | None,
    policy: Policy,
    start: Start,
    told: Told = lambda done, of: None,
) -> Measurements:
    """Both sides over all items of the golden set that the model's service takes.

    Args:
        name: of the model.
        golden: the labelled files.
        candidate: every model by name, the candidate among them.
        live: the same with the version that is live; None when there is none.
        policy: how patient to be.
        start: makes a process that judges.
        told: hears how far it is.

    Raises PromotionRefused: no service runs such a model. What fails in a process is in the measurements.
    """
    place = place_of(name)
    items = [item for item in golden.items if item.kind in place.kinds]
    sets = [models for models in (candidate, live) if models is not None]
    with ExitStack() as stack:
        runs = [_Run(stack.enter_context(start(_order(name, models, policy)))) for models in sets]
        _judge_in_turns(runs, items, told)
    sides = [run.side() for run in runs]
    return Measurements(items, sides[0], sides[1] if live is not None else None, place.judged_by(name))


def _order(name: str, models: Models, policy: Policy) -> Order:
    place = place_of(name)
    return Order(
        subject=name,
        service=place.service,
        models={each: str(model.folder) for each, model in models.items()},
        by_verdict=place.by_verdict,
        threshold_llr=policy.threshold_llr,
    )


def _judge_in_turns(runs: Sequence[_Run], items: Sequence[Item], told: Told) -> None:
    for run in runs:
        run.begin(items[0] if items else None)
    for number, item in enumerate(items):
        # Who begins takes turns, too: the second finds the file in the machine's caches.
        for run in runs if number % 2 else runs[::-1]:
            run.read(item)
        told(number + 1, len(items))
        if any(run.failure for run in runs):
            return
    for run in runs:
        run.repeat(items)
