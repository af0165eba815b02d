"""Finding an analysis again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kit.errors import InvalidRequest
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import analysis_service_pb2
from tests.support.gateway import PHOTO, SOUND, World, refusal, running_gateway

DOTTED_I = "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"
NAMES = ("Straße 100%.jpg", "a_b.jpg", "axb.jpg", "ΣΊΣΥΦΟΣ.jpg", f"{DOTTED_I}.jpg")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("strasse", 0),
        ("STRASSE", 0),
        ("100%", 0),
        ("%", 0),
        ("a_b", 1),
        ("_", 1),
        ("σίσυφος", 3),
        ("σΊσυφοσ", 3),
        ("i\N{COMBINING DOT ABOVE}.jpg", 4),
        ("  axb ", 2),
        ("a\x00xb", 2),
    ],
)
async def test_names_are_found_without_regard_to_case_and_signs_stand_for_themselves(
    tmp_path: Path, query: str, found: int
) -> None:
    async with running_gateway(tmp_path) as world:
        for name in NAMES:
            await world.analyze(display_name=name)
        assert await _names(world, query=query) == [NAMES[found]]


@pytest.mark.parametrize("query", ["/", "\\", "' OR 1=1 --", "a%b", "nothing"])
async def test_what_no_name_holds_finds_nothing(tmp_path: Path, query: str) -> None:
    async with running_gateway(tmp_path) as world:
        await world.analyze(display_name="a_b.jpg")
        assert await _names(world, query=query) == []


async def test_a_digest_is_found_by_its_beginning_alone(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze(display_name="first.jpg")
        await world.analyze(PHOTO + b"!", display_name="second.jpg")
        digest = analysis.info.sha256
        assert await _names(world, query=digest) == await _names(world, query=digest[:10].upper()) == ["first.jpg"]
        assert await _names(world, query=digest[10:]) == []


async def test_labels_and_kinds_narrow_the_list(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await world.analyze(display_name="photo")
        await world.analyze(SOUND, display_name="sound")
        suspicious, image = verdict_pb2.LABEL_SUSPICIOUS, media_pb2.MEDIA_KIND_IMAGE
        assert await _names(world, labels=[suspicious]) == ["sound", "photo"]
        assert await _names(world, labels=[verdict_pb2.LABEL_AUTHENTIC, verdict_pb2.LABEL_MANIPULATED]) == []
        assert await _names(world, kinds=[image]) == ["photo"]
        assert await _names(world, query="o", labels=[suspicious], kinds=[image, media_pb2.MEDIA_KIND_VIDEO]) == [
            "photo"
        ]


@pytest.mark.parametrize(
    "wrong", [{"labels": [0]}, {"labels": [99]}, {"kinds": [0]}, {"kinds": [99]}, {"kinds": [1] * 5}]
)
async def test_labels_and_kinds_that_do_not_exist_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    async with running_gateway(tmp_path) as world:
        assert isinstance(await refusal(_page(world, **wrong)), InvalidRequest)


async def test_what_has_no_verdict_has_no_label(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, fusion_budget_s=0.1) as world:
        world.backends.fusion.go_on.clear()
        await refusal(world.analyze(display_name="photo"))
        assert await _names(world, query="photo") == ["photo"]
        assert await _names(world, labels=[1, 2, 3, 4]) == []


async def test_a_search_is_read_page_by_page(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        for number in range(5):
            world.clock.advance(1)
            await world.analyze(display_name=f"{'odd' if number % 2 else 'even'} {number}")
        first = await _page(world, query="EVEN", page_size=2)
        second = await _page(world, query="even", page_size=2, page_token=first.next_page_token)
        assert [each.display_name for each in first.analyses] == ["even 4", "even 2"]
        assert [each.display_name for each in second.analyses] == ["even 0"]
        assert second.next_page_token == ""


async def test_a_token_leads_on_in_its_own_search_alone(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        for _ in range(2):
            await world.analyze(display_name="photo")
        token = (await _page(world, query="photo", page_size=1)).next_page_token
        plain = (await _page(world, page_size=1)).next_page_token
        others: list[dict[str, Any]] = [{}, {"query": "phot"}, {"query": "photo", "kinds": [1]}, {"labels": [2]}]
        for other in others:
            assert isinstance(await refusal(_page(world, page_token=token, **other)), InvalidRequest)
        assert isinstance(await refusal(_page(world, page_token=plain, query="photo")), InvalidRequest)


async def _page(world: World, **asked: Any) -> analysis_service_pb2.ListAnalysesResponse:
    request = analysis_service_pb2.ListAnalysesRequest(**asked)
    page: analysis_service_pb2.ListAnalysesResponse = await world.analysis.ListAnalyses(request, metadata=world.headers)
    return page


async def _names(world: World, **asked: Any) -> list[str]:
    return [analysis.display_name for analysis in (await _page(world, **asked)).analyses]
