from __future__ import annotations

from collections.abc import Callable

from canary.decide import Golden
from canary.figures import Figures
from canary.rollout import CanaryGone, Rollout, Step
from kit.errors import DetectorUnavailable
from tests.support.canary import figures, policy
from tests.support.clock import FakeClock

GOOD = Golden((0.9, 0.9), (0.0, 0.0), 0.0, 10, 10)
WORSE = Golden((0.9, 0.6), (0.0, 0.0), 0.0, 10, 10)


class FakeStage:
    """A hundred calls a second, shared out as asked; `canary` makes of so many calls what the version does with them."""

    def __init__(self, canary: Callable[[int], Figures] = figures, calls_per_s: int = 100) -> None:
        self.shares: list[int] = []
        self.clock = FakeClock()
        self._canary = canary
        self._calls_per_s = calls_per_s
        self._answered = [0.0, 0.0]
        self.dies_at = 101
        self.away = 0

    async def share(self, percent: int) -> None:
        if percent >= self.dies_at:
            raise CanaryGone("was killed by SIGKILL")
        if percent not in self.shares:
            self.shares.append(percent)

    async def figures(self) -> tuple[Figures, Figures]:
        if self.away:
            self.away -= 1
            raise DetectorUnavailable("the inner Envoy does not answer")
        return figures(round(self._answered[0])), self._canary(round(self._answered[1]))

    async def pause(self, seconds: float) -> None:
        self.clock.advance(seconds)
        share = self.shares[-1] / 100 if self.shares else 0
        self._answered[0] += seconds * self._calls_per_s * (1 - share)
        self._answered[1] += seconds * self._calls_per_s * share


def rollout(stage: FakeStage, told: Callable[[Step], None] = lambda step: None) -> Rollout:
    return Rollout(policy(), stage, stage.clock, told, stage.pause)


async def golden(answer: Golden) -> Golden:
    return answer


async def test_a_good_version_goes_all_the_steps() -> None:
    stage = FakeStage()
    outcome = await rollout(stage).run(lambda: golden(GOOD))
    assert outcome.good
    assert stage.shares == [5, 25, 50, 100]
    assert [step.percent for step in outcome.steps] == [0, 5, 25, 50, 100]


async def test_at_all_calls_it_is_held_against_the_stable_version_of_the_step_before() -> None:
    stage = FakeStage()
    outcome = await rollout(stage).run()
    assert outcome.steps[-1].stable.calls.total == 0
    assert outcome.steps[-1].decision.move == "go on"


async def test_what_judges_worse_answers_nobody() -> None:
    stage = FakeStage()
    outcome = await rollout(stage).run(lambda: golden(WORSE))
    assert (outcome.good, stage.shares) == (False, [])
    assert outcome.why.startswith("golden AUC: 0.6000, stable 0.9000")


async def test_errors_end_it_at_the_first_step() -> None:
    stage = FakeStage(lambda calls: figures(calls - calls // 2, errors=calls // 2))
    outcome = await rollout(stage).run()
    assert (outcome.good, stage.shares) == (False, [5])
    assert outcome.why.startswith("at 5 % error rate: ")


async def test_what_becomes_slow_under_more_calls_ends_at_that_step() -> None:
    stage = FakeStage(lambda calls: figures(calls, slow=max(0, calls - 100)))
    outcome = await rollout(stage).run()
    assert (outcome.good, stage.shares) == (False, [5, 25])


async def test_nobody_calls_so_nobody_is_promoted() -> None:
    stage = FakeStage(calls_per_s=0)
    outcome = await rollout(stage).run()
    assert (outcome.good, stage.shares) == (False, [5])
    assert "the canary has answered 0" in outcome.why


async def test_an_envoy_that_is_started_again_within_a_step_costs_no_call_that_was_counted() -> None:
    stage = FakeStage(calls_per_s=10)
    times = 0

    async def pause(seconds: float) -> None:
        nonlocal times
        times += 1
        if times == 5:
            stage._answered = [0.0, 0.0]
        await FakeStage.pause(stage, seconds)

    small = policy(steps_percent=[50, 100], min_calls=40)
    outcome = await Rollout(small, stage, stage.clock, lambda step: None, pause).run()
    assert outcome.good
    first = outcome.steps[0]
    assert (first.took_s, first.stable.calls.total, first.canary.calls.total) == (10, 50, 50)


async def test_a_process_that_dies_is_rolled_back() -> None:
    stage = FakeStage()
    stage.dies_at = 50
    outcome = await rollout(stage).run()
    assert (outcome.good, outcome.why) == (False, "its process was killed by SIGKILL")


async def test_an_envoy_that_is_away_for_a_moment_is_waited_for() -> None:
    stage = FakeStage()
    stage.away = 5
    assert (await rollout(stage).run()).good


async def test_an_envoy_that_stays_away_ends_it() -> None:
    stage = FakeStage()
    stage.away = 1000
    outcome = await rollout(stage).run()
    assert outcome.why == "at 5 % not told within 60 s: the inner Envoy does not answer"


async def test_every_look_is_told() -> None:
    told: list[Step] = []
    await rollout(FakeStage(), told.append).run()
    assert {step.percent for step in told} == {5, 25, 50, 100}
    assert [step.decision.move for step in told].count("go on") == 4
