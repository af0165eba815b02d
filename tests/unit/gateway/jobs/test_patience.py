from __future__ import annotations

import asyncio

import pytest

from gateway.jobs.patience import insisted, problem_of, tried
from kit.errors import DetectorUnavailable, TelltaleError
from tests.support.job_work import until


class Moody:
    """Fails as often as it is told to, then answers how often it was asked."""

    def __init__(self, failures: int, error: Exception | None = None) -> None:
        self._failures = failures
        self._error = error or DetectorUnavailable("it is away")
        self.asked = 0

    async def answer(self) -> int:
        self.asked += 1
        if self.asked <= self._failures:
            raise type(self._error)(*self._error.args)  # a new one: its traceback would grow with every go
        return self.asked


async def test_what_fails_is_tried_again_after_every_pause() -> None:
    assert await tried("job", (0.0, 0.0), Moody(2).answer) == 3


async def test_the_last_failure_is_raised() -> None:
    with pytest.raises(TelltaleError, match="it is away"):
        await tried("job", (0.0, 0.0), Moody(3).answer)


async def test_a_fault_of_ours_is_not_tried_again() -> None:
    moody = Moody(1, KeyError("bug"))
    with pytest.raises(KeyError):
        await tried("job", (0.0, 0.0), moody.answer)
    assert moody.asked == 1


@pytest.mark.parametrize("error", [DetectorUnavailable("it is away"), KeyError("bug")])
async def test_who_insists_tries_longer_than_there_are_pauses(error: Exception) -> None:
    assert await insisted("job", (0.0,), Moody(50, error).answer) == 51


async def test_a_problem_is_said_in_our_own_words() -> None:
    assert await problem_of("job", Moody(0).answer()) == ""
    assert await problem_of("job", Moody(1).answer()) == "it is away"
    assert "secret" not in await problem_of("job", Moody(1, ValueError("secret")).answer())


async def test_cancelled_work_has_ended_before_its_caller() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("work")

    task = asyncio.create_task(problem_of("job", work()))
    await asyncio.sleep(0)
    await until(lambda: len(asyncio.all_tasks()) == 3)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert ended == ["work"]
