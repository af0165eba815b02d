from __future__ import annotations

from dataclasses import dataclass

from cli.verification.outcome import Check, Result, not_checked, ok
from cli.verification.repeat import checked_repeat
from telltale.gateway.v1 import resources_pb2
from telltale.report.v1 import report_pb2
from tests.support.reports import a_report

FITTING = (ok("media", ""), ok("model", ""))


@dataclass
class FakeStack:
    """Answers with the recorded analysis, moved by what a test wants."""

    ratio: float = 0.0
    log_odds: float = 0.0
    asked: int = 0

    async def analyze_again(self, report: report_pb2.Report) -> resources_pb2.Analysis:
        self.asked += 1
        again = resources_pb2.Analysis()
        again.CopyFrom(report.analysis)
        again.evidence[0].finding.log_likelihood_ratio += self.ratio
        again.verdict.log_odds += self.log_odds
        return again


async def repeat(stack: FakeStack | None, checks: tuple[Check, ...] = FITTING) -> Check:
    return await checked_repeat(a_report(), checks, stack)


async def test_the_same_numbers_again_are_ok() -> None:
    assert (await repeat(FakeStack(ratio=5e-5, log_odds=-5e-5))).result is Result.OK


async def test_another_ratio_of_one_test_is_refused() -> None:
    check = await repeat(FakeStack(ratio=0.2))
    assert (check.result, check.text) == (Result.NO, "frequency says 1.2500, again 1.4500")


async def test_other_log_odds_are_refused() -> None:
    assert (await repeat(FakeStack(log_odds=0.2))).result is Result.NO


async def test_a_ratio_that_was_rounded_to_the_next_step_on_another_processor_is_ok() -> None:
    assert (await repeat(FakeStack(ratio=0.1, log_odds=0.1))).result is Result.OK


async def test_nobody_is_asked_without_the_option() -> None:
    assert (await repeat(None)).result is Result.NOT_CHECKED


async def test_nobody_is_asked_about_another_file_or_other_models() -> None:
    stack = FakeStack()
    check = await repeat(stack, (ok("media", ""), not_checked("model", "")))
    assert (check.result, stack.asked) == (Result.NOT_CHECKED, 0)
