"""The language of a verdict's sentences."""

from __future__ import annotations

from pathlib import Path

from kit.errors import DetectorUnavailable, InvalidRequest
from tests.support.gateway import World, refusal, running_gateway

REQUEST_ID = "0b8bb6a0-5a0f-4a0b-9d30-2f0e0a4d9c11"


async def test_fusion_is_told_the_language_of_the_request(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze(language="de")
        await world.analyze_stored(analysis.media, language="pt-BR")
        await world.analyze()
        assert _languages(world) == ["de", "pt-BR", ""]


async def test_an_equal_request_gets_the_first_answer_in_whatever_language(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [first] = await world.analyze(language="de", request_id=REQUEST_ID)
        [second] = await world.analyze(language="en", request_id=REQUEST_ID)
        assert second == first
        assert _languages(world) == ["de"]


async def test_what_fusion_did_not_answer_is_asked_again_in_the_language_of_who_asks_now(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, fusion_budget_s=0.5) as world:
        world.backends.fusion.go_on.clear()
        failed = await refusal(world.analyze(language="de"))
        assert isinstance(failed, DetectorUnavailable)
        world.backends.fusion.go_on.set()
        await world.analyze_stored(failed.details["media"], language="fr")
        assert _languages(world)[-1] == "fr"
        assert len(world.backends.image.received) == 1


async def test_a_language_that_is_too_long_for_one_is_refused(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        assert isinstance(await refusal(world.analyze(language="x" * 36)), InvalidRequest)


def _languages(world: World) -> list[str]:
    return [request.language for request in world.backends.fusion.requests]
