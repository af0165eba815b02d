"""The audit log of a running gateway: what it says of calls, and what happens when it cannot be written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from structlog.testing import capture_logs

from gateway.audit.chain import checked_chain
from gateway.audit.entry import Event
from gateway.audit.log import PAUSE_S
from gateway.door.tokens import Scope
from gateway.door.visitors import CLIENT_ADDRESS
from gateway.storage.database import open_database
from gateway.storage.sql_audit import SqlAudit
from kit.errors import InvalidRequest, MissingToken, NotFound, Overloaded, RateLimited, StorageUnavailable
from telltale.gateway.v1 import analysis_service_pb2, media_service_pb2, share_service_pb2
from tests.support.gateway import PHOTO, VIDEO, World, refusal, running_gateway

LIST = media_service_pb2.ListMediaRequest()
REQUEST_ID = "0b8bb6a0-5a0f-4a0b-9d30-2f0e0a4d9c11"


async def events(folder: Path) -> list[Event]:
    """All that is written, without the tokens that the world made."""
    async with open_database(f"sqlite+aiosqlite:///{folder}/telltale.db") as database:
        log = SqlAudit(database)
        assert (await checked_chain(log.entries())).problem == ""
        found = [entry.event async for batch in log.entries() for entry in batch]
    return [event for event in found if event.method != "CreateToken"]


async def test_a_call_is_written_with_who_what_from_where_and_how_it_ended(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = await world.upload(display_name="Anna.jpg")
        headers = [*world.headers, (CLIENT_ADDRESS, "192.0.2.77"), ("x-request-id", REQUEST_ID)]
        await world.media.GetMedia(media_service_pb2.GetMediaRequest(name=media.name), metadata=headers)
        [token] = await world.gateway.tokens.list()
        uploaded, read = await events(tmp_path)
    assert (uploaded.method, uploaded.outcome, uploaded.resources) == ("UploadMedia", "OK", (media.name,))
    assert (read.method, read.outcome, read.resources) == ("GetMedia", "OK", (media.name,))
    assert (read.owner, read.token_id) == ("alice", token.token_id)
    assert (read.network, read.request_id) == ("192.0.2.0/24", REQUEST_ID)


async def test_the_entry_is_there_before_the_answer(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        for number in range(1, 4):
            await world.media.ListMedia(LIST, metadata=world.headers)
            assert len(await events(tmp_path)) == number


async def test_refused_calls_are_written_with_their_reason(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        reader = await world.headers_for(Scope.READ)
        name = f"media/{'0' * 26}"
        await refusal(world.upload(headers=reader))
        await refusal(world.media.GetMedia(media_service_pb2.GetMediaRequest(name=name), metadata=reader))
        await refusal(world.media.ListMedia(LIST))
        found = [(event.method, event.outcome, event.resources, event.owner) for event in await events(tmp_path)]
    assert found == [
        ("UploadMedia", "INSUFFICIENT_SCOPE", (), "alice"),
        ("GetMedia", "NOT_FOUND", (name,), "alice"),
        ("ListMedia", "MISSING_TOKEN", ("media/-",), ""),
    ]


async def test_a_request_that_breaks_its_contract_is_written_too(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        wrong = media_service_pb2.GetMediaRequest(name="media/Anna.jpg")
        assert isinstance(await refusal(world.media.GetMedia(wrong, metadata=world.headers)), InvalidRequest)
        [event] = await events(tmp_path)
    assert (event.method, event.outcome, event.owner, event.resources) == ("GetMedia", "INVALID_REQUEST", "alice", ())


async def test_who_has_no_token_is_not_told_what_is_wrong_with_a_request(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        wrong = media_service_pb2.GetMediaRequest(name="nonsense")
        assert isinstance(await refusal(world.media.GetMedia(wrong)), MissingToken)
        assert [event.outcome for event in await events(tmp_path)] == ["MISSING_TOKEN"]


async def test_requests_that_break_their_contract_count(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, read_rate="1/minute", visitor_rate="1/minute") as world:
        wrong = media_service_pb2.GetMediaRequest(name="nonsense")
        refused = [await refusal(world.media.GetMedia(wrong, metadata=world.headers)) for _ in range(2)]
        assert [type(error) for error in refused] == [InvalidRequest, RateLimited]
        link = share_service_pb2.GetSharedAnalysisRequest(secret="nonsense")
        refused = [await refusal(world.shares.GetSharedAnalysis(link)) for _ in range(2)]
        assert [type(error) for error in refused] == [InvalidRequest, RateLimited]


async def test_a_stream_is_written_with_all_that_it_made(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        analysis = (await world.analyze(VIDEO))[-1]
        [event] = await events(tmp_path)
    assert (event.method, event.outcome) == ("AnalyzeMedia", "OK")
    assert set(event.resources) == {analysis.name, analysis.media}


async def test_a_caller_who_goes_away_leaves_an_entry(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        world.backends.image.go_on.clear()
        requests = iter([analysis_service_pb2.AnalyzeMediaRequest(file={"data": PHOTO})])
        call = world.analysis.AnalyzeMedia(requests, metadata=world.headers)
        reading = asyncio.ensure_future(call.read())
        await world.backends.image.started.wait()
        call.cancel()
        await asyncio.wait({reading})
        await world.gateway.gate.until_empty(5)
        world.backends.image.go_on.set()
        [event] = await events(tmp_path)
    assert (event.method, event.outcome, event.owner) == ("AnalyzeMedia", "CANCELLED", "alice")
    assert {name.split("/")[0] for name in event.resources} == {"media", "analyses"}


async def test_a_visitor_is_written_by_the_link_and_never_by_its_secret(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        wanted = share_service_pb2.CreateShareRequest(parent=analysis.name)
        share = await world.shares.CreateShare(wanted, metadata=world.headers)
        await world.shares.GetSharedAnalysis(share_service_pb2.GetSharedAnalysisRequest(secret=share.secret))
        wrong = share_service_pb2.GetSharedAnalysisRequest(secret="w" * 43)
        assert isinstance(await refusal(world.shares.GetSharedAnalysis(wrong)), NotFound)
        _, made, visited, refused = await events(tmp_path)
    assert share.name in made.resources
    assert (visited.owner, visited.token_id, visited.resources) == ("alice", "", (share.name,))
    assert (refused.owner, refused.outcome, refused.resources) == ("", "NOT_FOUND", ())
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("telltale.db*"))
    assert share.secret.encode() not in stored
    assert b"w" * 43 not in stored


async def test_nothing_of_a_medium_is_in_the_log_when_it_is_gone(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze(display_name="Anna am Strand.jpg")
        headers = [*world.headers, ("x-request-id", analysis.info.sha256), ("user-agent", analysis.info.sha256)]
        named = analysis_service_pb2.GetMapRequest(name=f"{analysis.name}/maps/{analysis.info.sha256}")
        await refusal(world.analysis.GetMap(named, metadata=headers))
        gone = media_service_pb2.DeleteMediaRequest(name=analysis.media)
        await world.media.DeleteMedia(gone, metadata=headers)
        deleted = (await events(tmp_path))[-1]
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("telltale.db*"))
    assert {analysis.media, analysis.name} <= set(deleted.resources)
    for secret in (analysis.info.sha256.encode(), bytes.fromhex(analysis.info.sha256), b"Strand", PHOTO):
        assert secret not in stored


async def test_what_expires_is_written_with_all_that_went(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, media_retention_h=1) as world:
        [analysis] = await world.analyze()
        world.clock.advance(3601)
        await world.gateway.janitor.sweep()
        event = (await events(tmp_path))[-1]
    assert (event.method, event.outcome, event.owner, event.token_id) == ("ExpireMedia", "OK", "alice", "")
    assert set(event.resources) == {analysis.media, analysis.name}


async def test_tokens_are_written_when_they_are_made_replaced_and_revoked(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        made = await world.gateway.tokens.create("bob", [Scope.READ])
        await world.gateway.tokens.revoke(made.token.token_id)
        async with open_database(f"sqlite+aiosqlite:///{tmp_path}/telltale.db") as database:
            found = [entry.event async for batch in SqlAudit(database).entries() for entry in batch]
    of_bob = [(event.method, event.resources) for event in found if event.owner == "bob"]
    name = (f"tokens/{made.token.token_id}",)
    assert of_bob == [("CreateToken", name), ("RevokeToken", name)]
    assert made.secret not in str(found)


async def test_strangers_who_keep_calling_do_not_fill_the_log(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        for _ in range(20):
            await refusal(world.media.ListMedia(LIST))
        await world.gateway.audit.sum_up()
        found = [(event.method, event.outcome, event.calls) for event in await events(tmp_path)]
    assert found == [("ListMedia", "MISSING_TOKEN", 1), ("*", "MISSING_TOKEN", 19)]


async def test_calls_are_refused_while_the_log_cannot_be_written_and_nothing_is_forgotten(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = await world.upload()
        rows = Broken(world)
        one = media_service_pb2.GetMediaRequest(name=media.name)
        assert isinstance(await refusal(world.media.GetMedia(one, metadata=world.headers)), StorageUnavailable)
        assert isinstance(await refusal(world.upload()), StorageUnavailable)
        assert isinstance(await refusal(world.media.ListMedia(LIST)), StorageUnavailable)
        rows.mend()
        world.clock.advance(PAUSE_S)
        assert list((await world.media.ListMedia(LIST, metadata=world.headers)).media) == [media]
        found = [event.method for event in await events(tmp_path)]
    # The first one was under way when the log broke; the others were not let in and did nothing.
    assert found == ["UploadMedia", "GetMedia", "ListMedia"]


async def test_calls_that_are_refused_for_the_log_show_in_the_other_one(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        Broken(world)
        with capture_logs() as lines:
            for _ in range(2):
                await refusal(world.media.ListMedia(LIST, metadata=world.headers))
    # The first one is refused when it ends, the second one before it begins.
    assert [line["outcome"] for line in lines if line["event"] == "call"] == ["STORAGE_UNAVAILABLE"] * 2


async def test_many_at_once_share_transactions_and_none_is_lost(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        await asyncio.gather(*(world.media.ListMedia(LIST, metadata=world.headers) for _ in range(60)))
        assert len(await events(tmp_path)) == 60


class Broken:
    """Lets a gateway's log fail until it is mended."""

    def __init__(self, world: World) -> None:
        self._log = world.gateway.audit
        self._rows = self._log._rows
        self._log._rows = self

    async def append(self, events: Sequence[Event]) -> None:
        raise Overloaded("the database is busy")

    def mend(self) -> None:
        self._log._rows = self._rows
