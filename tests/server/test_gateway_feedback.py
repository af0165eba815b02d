"""What callers learned to be true."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import InvalidRequest, NotFound
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import analysis_service_pb2, feedback_service_pb2, resources_pb2
from tests.support.gateway import World, refusal, running_gateway

AUTHENTIC, MANIPULATED = resources_pb2.TRUTH_AUTHENTIC, resources_pb2.TRUTH_MANIPULATED


async def test_feedback_stands_beside_what_we_had_answered(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        said = await _say(world, analysis.name, AUTHENTIC, " the author\x00 said\nso ")
        assert (said.name, said.truth, said.comment) == (
            f"{analysis.name}/feedback",
            AUTHENTIC,
            "the author said\nso",
        )
        assert (said.label, said.risk_score) == (verdict_pb2.LABEL_SUSPICIOUS, analysis.verdict.risk_score)
        assert said.media_sha256 == analysis.info.sha256
        assert said.fusion_model == analysis.verdict.replay.fusion_model
        assert said.update_time.ToDatetime() == world.clock.now().replace(tzinfo=None)
        assert await _get(world, analysis.name) == said


async def test_it_changes_no_verdict(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        await _say(world, analysis.name, AUTHENTIC)
        request = analysis_service_pb2.GetAnalysisRequest(name=analysis.name)
        assert await world.analysis.GetAnalysis(request, metadata=world.headers) == analysis


async def test_a_second_word_replaces_the_first(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        await _say(world, analysis.name, AUTHENTIC, "first")
        world.clock.advance(5)
        said = await _say(world, analysis.name, MANIPULATED)
        assert (said.truth, said.comment) == (MANIPULATED, "")
        assert [each.truth for each in await _listed(world)] == [MANIPULATED]


async def test_feedback_can_be_taken_back(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        await _say(world, analysis.name, AUTHENTIC)
        request = feedback_service_pb2.DeleteFeedbackRequest(name=f"{analysis.name}/feedback")
        await world.feedback.DeleteFeedback(request, metadata=world.headers)
        assert isinstance(await refusal(world.feedback.DeleteFeedback(request, metadata=world.headers)), NotFound)
        assert isinstance(await refusal(_get(world, analysis.name)), NotFound)


async def test_it_is_listed_newest_analysis_first_page_by_page(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        names = []
        for _ in range(3):
            world.clock.advance(1)
            names += [analysis.name for analysis in await world.analyze()]
        for name in names:
            await _say(world, name, AUTHENTIC)
        first = await _page(world, 2)
        second = await _page(world, 2, first.next_page_token)
        said = [each.name for each in (*first.feedback, *second.feedback)]
        assert said == [f"{name}/feedback" for name in names[::-1]]
        assert second.next_page_token == ""


async def test_what_has_no_verdict_has_no_feedback(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, fusion_budget_s=0.1) as world:
        world.backends.fusion.go_on.clear()
        failed = (await refusal(world.analyze())).details["analysis"]
        assert isinstance(await refusal(_say(world, failed, AUTHENTIC)), NotFound)


@pytest.mark.parametrize(
    ("name", "truth"), [("analyses/x/feedback", AUTHENTIC), (f"analyses/{'0' * 26}/feedback", 0), ("", AUTHENTIC)]
)
async def test_feedback_without_a_name_or_a_truth_is_refused(
    tmp_path: Path, name: str, truth: resources_pb2.Truth.ValueType
) -> None:
    async with running_gateway(tmp_path) as world:
        feedback = resources_pb2.Feedback(name=name, truth=truth)
        request = feedback_service_pb2.SetFeedbackRequest(feedback=feedback)
        error = await refusal(world.feedback.SetFeedback(request, metadata=world.headers))
        assert isinstance(error, InvalidRequest)


async def _say(
    world: World, analysis: str, truth: resources_pb2.Truth.ValueType, comment: str = ""
) -> resources_pb2.Feedback:
    feedback = resources_pb2.Feedback(name=f"{analysis}/feedback", truth=truth, comment=comment)
    request = feedback_service_pb2.SetFeedbackRequest(feedback=feedback)
    said: resources_pb2.Feedback = await world.feedback.SetFeedback(request, metadata=world.headers)
    return said


async def _get(world: World, analysis: str) -> resources_pb2.Feedback:
    request = feedback_service_pb2.GetFeedbackRequest(name=f"{analysis}/feedback")
    said: resources_pb2.Feedback = await world.feedback.GetFeedback(request, metadata=world.headers)
    return said


async def _page(world: World, size: int, token: str = "") -> feedback_service_pb2.ListFeedbackResponse:
    request = feedback_service_pb2.ListFeedbackRequest(page_size=size, page_token=token)
    page: feedback_service_pb2.ListFeedbackResponse = await world.feedback.ListFeedback(request, metadata=world.headers)
    return page


async def _listed(world: World) -> list[resources_pb2.Feedback]:
    return list((await _page(world, 50)).feedback)
