"""Both clients against a server: what is sent, what comes back, what is made of errors."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from kit.errors import InvalidToken, NotFound, Overloaded, QuotaExceeded
from telltale.gateway.v1 import resources_pb2
from telltale_client import (
    AsyncClient,
    Client,
    MediaRefused,
    ResourceExhausted,
    Retry,
    Unauthenticated,
    Unavailable,
    analysis_request,
)
from tests.support.moody_gateway import LOST, TOO_LARGE, MoodyGateway, moody_gateway

HURRY = Retry(attempts=4, first_pause_s=0.001, longest_wait_s=1.0)
Ask = Callable[..., Any]


@pytest.fixture
def gateway() -> Iterator[MoodyGateway]:
    with moody_gateway() as (fake, address):
        fake.address = address  # type: ignore[attr-defined]
        yield fake


@pytest.fixture(params=["blocking", "awaiting"])
def ask(request: pytest.FixtureRequest, gateway: MoodyGateway) -> Ask:
    """Calls a method of either client; iterators become lists."""
    address = gateway.address  # type: ignore[attr-defined]

    def blocking(name: str, *arguments: Any, **options: Any) -> Any:
        with Client(address, token="tt_x", retry=HURRY) as client:
            answer = getattr(client, name)(*arguments, **options)
            return list(answer) if isinstance(answer, Iterator) else answer

    def awaiting(name: str, *arguments: Any, **options: Any) -> Any:
        async def call() -> Any:
            async with AsyncClient(address, token="tt_x", retry=HURRY) as client:
                answer = getattr(client, name)(*arguments, **options)
                return [each async for each in answer] if hasattr(answer, "__aiter__") else await answer

        return asyncio.run(call())

    return blocking if request.param == "blocking" else awaiting


def test_a_file_is_judged(ask: Ask, gateway: MoodyGateway) -> None:
    told: list[resources_pb2.Analysis] = []
    analysis = ask("analyze", b"photo", display_name="a.jpg", on_progress=told.append)
    assert (analysis.display_name, analysis.state) == ("a.jpg", resources_pb2.ANALYSIS_STATE_SUCCEEDED)
    assert [each.state for each in told] == [resources_pb2.ANALYSIS_STATE_RUNNING]
    assert gateway.authorization == "Bearer tt_x"


def test_a_connection_lost_on_the_way_is_found_again(ask: Ask, gateway: MoodyGateway) -> None:
    gateway.failures["UploadMedia"] = [LOST]
    gateway.breaks["AnalyzeStoredMedia"] = [0, 1]
    assert ask("analyze", b"photo").name
    assert (len(gateway.calls["UploadMedia"]), len(gateway.calls["AnalyzeStoredMedia"])) == (2, 3)
    assert sum(gateway.judged.values()) == 1


def test_without_retention_nothing_is_uploaded_by_itself(ask: Ask, gateway: MoodyGateway) -> None:
    gateway.breaks["AnalyzeMedia"] = [1]
    assert ask("analyze", b"photo", retention="none").name
    assert (len(gateway.calls["AnalyzeMedia"]), "UploadMedia" in gateway.calls) == (2, False)


def test_a_refusal_says_why_when_and_under_which_id(ask: Ask, gateway: MoodyGateway) -> None:
    gateway.failures["UploadMedia"] = [QuotaExceeded("used up; come back tomorrow", retry_after_s=3600, left="0")]
    with pytest.raises(ResourceExhausted) as refused:
        ask("upload", b"photo")
    error = refused.value
    assert (error.reason, error.message, error.retry_after_s) == ("QUOTA_EXCEEDED", "used up; come back tomorrow", 3600)
    assert (error.details, error.request_id) == ({"left": "0"}, gateway.headers["x-request-id"])
    assert str(error) == "QUOTA_EXCEEDED: used up; come back tomorrow"


def test_a_large_file_that_is_refused_early_is_told_the_reason(ask: Ask, gateway: MoodyGateway) -> None:
    gateway.on_call = lambda _: None
    gateway.failures["UploadMedia"] = [InvalidToken("this token is unknown")]
    with pytest.raises(Unauthenticated, match="this token is unknown"):
        ask("upload", bytes(20 * 2**20))


def test_a_file_that_is_refused_is_told_apart_from_a_wrong_request(ask: Ask, gateway: MoodyGateway) -> None:
    gateway.refused[b"photo"] = TOO_LARGE
    with pytest.raises(MediaRefused) as refused:
        ask("analyze", b"photo")
    assert refused.value.reason == "MEDIA_TOO_LARGE"


def test_not_now_is_followed(ask: Ask, gateway: MoodyGateway) -> None:
    gateway.failures["GetOperation"] = [Overloaded("in a moment", retry_after_s=0.01)]
    operation = ask("create_analysis", ask("upload", b"photo"))
    assert ask("get_operation", operation.name).done


def test_a_server_that_is_not_there_is_an_error_in_the_end(ask: Ask, gateway: MoodyGateway) -> None:
    gateway.failures["GetOperation"] = [LOST] * 9
    with pytest.raises(Unavailable, match=LOST):
        ask("get_operation", "operations/" + "a" * 26)
    assert len(gateway.calls["GetOperation"]) == HURRY.attempts


def test_what_is_not_there_is_not_asked_for_twice(ask: Ask, gateway: MoodyGateway) -> None:
    gateway.failures["DeleteMedia"] = [NotFound("there is no such file")]
    with pytest.raises(Exception, match="NOT_FOUND: there is no such file"):
        ask("delete_media", "media/" + "a" * 26)
    assert len(gateway.calls["DeleteMedia"]) == 1


def test_all_pages_come(ask: Ask) -> None:
    orders = [analysis_request(ask("upload", data)) for data in (b"a", b"b", b"c")]
    made = ask("batch", orders)
    assert [each.name for each in ask("list_operations")] == [each.name for each in made]


def test_an_operation_is_watched_waited_for_and_stopped(gateway: MoodyGateway) -> None:
    gateway.breaks["WatchOperation"] = [1]
    with Client(gateway.address, token="tt_x", retry=HURRY) as client:  # type: ignore[attr-defined]
        operation = client.create_analysis(client.upload(b"photo"), priority="batch")
        states = [step.state for step in operation.watch()]
        assert states == [resources_pb2.ANALYSIS_STATE_RUNNING] * 2 + [resources_pb2.ANALYSIS_STATE_SUCCEEDED]
        assert operation.wait(timedelta(seconds=5)).name == operation.progress.analysis
        operation.cancel()
    assert gateway.calls["CreateAnalysis"][0][0].priority == resources_pb2.PRIORITY_BATCH


async def test_an_operation_can_be_awaited(gateway: MoodyGateway) -> None:
    async with AsyncClient(gateway.address, token="tt_x", retry=HURRY) as client:  # type: ignore[attr-defined]
        operation = await client.create_analysis(await client.upload(b"photo"))
        assert len([step async for step in operation.watch()]) == 2
        assert (await operation.wait()).name == (await operation.refresh()).progress.analysis
        await operation.cancel()


def test_an_error_of_the_analysis_is_raised_to_who_waits(gateway: MoodyGateway) -> None:
    with Client(gateway.address, token="tt_x") as client:  # type: ignore[attr-defined]
        operation = client.create_analysis(client.upload(b"photo"))
        gateway.fail_all(TOO_LARGE)
        with pytest.raises(MediaRefused):
            operation.wait()


async def test_who_stops_waiting_ends_the_call(gateway: MoodyGateway) -> None:
    async with AsyncClient(gateway.address, token="tt_x") as client:  # type: ignore[attr-defined]
        gateway.silent = True
        operation = await client.create_analysis(await client.upload(b"photo"))
        gateway.failures["WaitOperation"] = [Overloaded("later", retry_after_s=30)]
        started_s = time.monotonic()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(operation.wait(), 0.2)
        assert time.monotonic() - started_s < 5
