"""Who may call what: the table of docs/security.md, cell by cell, and the walls between tenants."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message

from gateway.audit.names import names_in
from gateway.storage.database import open_database
from gateway.storage.sql_audit import SqlAudit
from kit.rpc.channel import open_aio_channel
from telltale.gateway.v1 import media_service_pb2
from tests.support.access_matrix import (
    ASKS,
    LINK,
    NOBODYS,
    Belongings,
    Doors,
    belongings,
    callers,
    promised,
    served,
)
from tests.support.gateway import World, running_gateway

UNWRITTEN = {"KeyService", "WebService", "Health", "ServerReflection"}
"""They open nothing that is anybody's, and need no token: the audit log does not have them."""


@asynccontextmanager
async def doors(folder: Path) -> AsyncIterator[tuple[World, Doors]]:
    gifts = f"file://{folder}/contributions"
    async with (
        running_gateway(folder, contributions_url=gifts) as world,
        open_aio_channel(f"127.0.0.1:{world.port}") as channel,
    ):
        yield world, Doors(channel, await served(world.port))


def destroys(name: str) -> bool:
    return ".Delete" in name or ".Cancel" in name


async def test_the_table_and_this_test_have_every_call_that_the_server_knows(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        methods = set(await served(world.port))
    assert set(promised()) == methods
    assert set(ASKS) == methods


async def test_every_call_ends_for_every_caller_as_the_table_says(tmp_path: Path) -> None:
    wrong = {}
    async with doors(tmp_path) as (world, knock):
        its = await belongings(world)
        headers = await callers(world, its)
        for name, row in promised().items():
            for caller, promise in row.items():
                mine = await belongings(world) if destroys(name) and promise == "OK" else its
                by_secret = opens(name) and caller == LINK
                ends = await knock.ends(name, asked(name, caller, mine), [] if by_secret else headers[caller])
                if ends != promise:
                    wrong[f"{name} by {caller}"] = f"{ends}, not {promise}"
    assert wrong == {}


def opens(name: str) -> bool:
    """Whether it is called with the secret of a link."""
    return "Shared" in name


def asked(name: str, caller: str, its: Belongings) -> Belongings:
    """Who comes by a link knows its secret; all others have to guess it, whatever token they have."""
    return NOBODYS if opens(name) and caller != LINK else its


async def test_others_hear_of_somebodys_resources_what_they_hear_of_nothing(tmp_path: Path) -> None:
    """Byte for byte, but for the name that they asked for themselves."""
    async with doors(tmp_path) as (world, knock):
        its = await belongings(world)
        bob = (await callers(world, its))["other tenant"]
        closed = [name for name, row in promised().items() if row["other tenant"] == "NOT_FOUND" and not opens(name)]
        for name in closed:
            of_alice, of_nobody = [await heard(knock, name, asked_for, bob) for asked_for in (its, NOBODYS)]
            assert of_alice == of_nobody, name
    assert len(closed) > 20


async def heard(knock: Doors, name: str, its: Belongings, headers: Any) -> tuple[object, ...]:
    """All that a refused caller is told."""
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await knock.answers(name, its, headers)
    error = refused.value
    told = (error.code(), error.details(), *sorted((key, str(value)) for key, value in error.trailing_metadata() or ()))
    return tuple(anonymous(str(part), its) for part in told)


def anonymous(text: str, its: Belongings) -> str:
    for name in (its.media, its.analysis, its.share, its.contribution):
        for part in name.split("/")[1::2]:
            text = text.replace(part, "…")
    return text


async def test_what_others_do_changes_nothing(tmp_path: Path) -> None:
    async with doors(tmp_path) as (world, knock):
        its = await belongings(world)
        headers = await callers(world, its)
        for name, row in promised().items():
            if row["other tenant"] == "NOT_FOUND":
                await knock.ends(name, asked(name, "other tenant", its), headers["other tenant"])
        kept = [name for name in promised() if ".Get" in name or ".Download" in name]
        assert {await knock.ends(name, its, headers["admin"]) for name in kept} == {"OK"}


async def test_a_page_token_of_somebody_else_leads_into_ones_own_list(tmp_path: Path) -> None:
    async with doors(tmp_path) as (world, _):
        for _ in range(2):
            await world.upload()
        list_media = world.media.ListMedia
        first = await list_media(media_service_pb2.ListMediaRequest(page_size=1), metadata=world.headers)
        assert first.next_page_token
        bob = await world.headers_for(owner="bob")
        own = await world.upload(headers=bob)
        continued = media_service_pb2.ListMediaRequest(page_token=first.next_page_token)
        assert list((await list_media(media_service_pb2.ListMediaRequest(), metadata=bob)).media) == [own]
        assert list((await list_media(continued, metadata=bob)).media) == []


async def test_an_idempotency_key_of_somebody_else_is_ones_own(tmp_path: Path) -> None:
    key = "0b8bb6a0-5a0f-4a0b-9d30-2f0e0a4d9c11"
    async with doors(tmp_path) as (world, _):
        bob = await world.headers_for(owner="bob")
        [of_alice] = await world.analyze(request_id=key)
        [of_bob] = await world.analyze(request_id=key, headers=bob)
        assert of_alice.name != of_bob.name
        assert (await world.upload(request_id=key)).name != (await world.upload(request_id=key, headers=bob)).name


async def test_every_call_is_in_the_audit_log_with_what_it_named_and_made(tmp_path: Path) -> None:
    """No method is forgotten: what is asked for, and what the answer of a call that makes things names, is in the entry."""
    async with doors(tmp_path) as (world, knock):
        for name, row in promised().items():
            if row["admin"] != "OK" or name.split(".")[0] in UNWRITTEN:
                continue
            its = await belongings(world)
            headers = (await callers(world, its))["admin"]
            answers = await knock.answers(name, its, headers)
            event = await last_event(tmp_path)
            assert (event.method, event.outcome) == (name.split(".")[1], "OK")
            made = answers if row["read"] != "OK" else []
            assert named([ASKS[name](its), *made]) <= set(event.resources), name
            assert event.resources, name


def named(messages: Iterable[Message | Iterator[Message]]) -> set[str]:
    return {name for message in messages if isinstance(message, Message) for name in names_in(message)}


async def last_event(folder: Path) -> Any:
    async with open_database(f"sqlite+aiosqlite:///{folder}/telltale.db") as database:
        log = SqlAudit(database)
        return [entry.event async for batch in log.entries() for entry in batch][-1]
