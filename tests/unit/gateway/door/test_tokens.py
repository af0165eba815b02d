"""Tokens and what the database knows of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.door.tokens import Scope, TokenStore
from gateway.storage.database import Database, open_database
from kit.errors import ExpiredToken, InvalidRequest, InvalidToken, NotFound, Overloaded
from tests.support.clock import FakeClock

DAY_S = 86_400


class Busy(Database):
    """Can be read and not written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.attempts = 0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        async with self._database.reading() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        self.attempts += 1
        raise Overloaded("somebody else writes")
        yield


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[TokenStore]:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database:
        yield TokenStore(database, clock)


async def test_a_token_opens_what_it_was_made_for(store: TokenStore) -> None:
    made = await store.create("alice", [Scope.READ], label="page")
    assert await store.verify(made.secret) == made.token
    assert (made.token.owner, made.token.scopes) == ("alice", frozenset({Scope.READ}))


async def test_secrets_are_long_and_differ(store: TokenStore) -> None:
    secrets = {(await store.create("alice", [Scope.READ])).secret for _ in range(5)}
    assert len(secrets) == 5
    assert all(secret.startswith("tt_") and len(secret) >= 46 for secret in secrets)


async def test_the_secret_is_neither_in_the_database_nor_in_the_repr(store: TokenStore, tmp_path: Path) -> None:
    made = await store.create("alice", [Scope.READ])
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert made.token.token_id.encode() in stored
    assert made.secret.encode() not in stored
    assert made.secret not in repr(made)


async def test_an_unknown_secret_is_invalid(store: TokenStore) -> None:
    with pytest.raises(InvalidToken):
        await store.verify("tt_unknown")


async def test_a_token_expires_at_its_time(tmp_path: Path) -> None:
    clock = FakeClock()
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database:
        store = TokenStore(database, clock)
        made = await store.create("alice", [Scope.READ], lifetime=timedelta(hours=1))
        clock.advance(3599)
        await store.verify(made.secret)
        clock.advance(1)
        with pytest.raises(ExpiredToken):
            await store.verify(made.secret)


async def test_a_revoked_token_is_invalid_but_still_listed(store: TokenStore) -> None:
    made = await store.create("alice", [Scope.READ])
    await store.revoke(made.token.token_id)
    with pytest.raises(InvalidToken):
        await store.verify(made.secret)
    [listed] = await store.list()
    assert listed.revoke_time is not None


async def test_revoking_what_does_not_exist_says_so(store: TokenStore) -> None:
    with pytest.raises(NotFound):
        await store.revoke("0" * 26)


async def test_tokens_are_listed_by_owner(store: TokenStore) -> None:
    await store.create("alice", [Scope.READ])
    await store.create("bob", [Scope.READ])
    assert [token.owner for token in await store.list("bob")] == ["bob"]
    assert len(await store.list()) == 2


@pytest.mark.parametrize("owner", ["", "Alice", "a/b", "-a", "a" * 65])
async def test_an_owner_is_a_plain_name(store: TokenStore, owner: str) -> None:
    with pytest.raises(InvalidRequest):
        await store.create(owner, [Scope.READ])


async def test_a_token_without_scope_is_refused(store: TokenStore) -> None:
    with pytest.raises(InvalidRequest):
        await store.create("alice", [])


async def test_rotation_keeps_who_what_and_for_how_long(store: TokenStore, clock: FakeClock) -> None:
    old = await store.create("alice", [Scope.READ, Scope.ANALYZE], label="lab", lifetime=timedelta(days=90))
    clock.advance(80 * DAY_S)
    new = await store.rotate(old.token.token_id, timedelta(hours=24))
    assert (new.token.owner, new.token.scopes, new.token.label) == ("alice", old.token.scopes, "lab")
    assert new.token.expire_time == clock.now() + timedelta(days=90)
    assert (await store.verify(new.secret)).token_id == new.token.token_id != old.token.token_id


async def test_the_old_secret_goes_on_for_the_overlap_and_not_longer(store: TokenStore, clock: FakeClock) -> None:
    old = await store.create("alice", [Scope.READ])
    await store.rotate(old.token.token_id, timedelta(hours=24))
    clock.advance(DAY_S - 1)
    await store.verify(old.secret)
    clock.advance(1)
    with pytest.raises(ExpiredToken):
        await store.verify(old.secret)


async def test_an_overlap_makes_no_token_live_longer(store: TokenStore, clock: FakeClock) -> None:
    old = await store.create("alice", [Scope.READ], lifetime=timedelta(hours=1))
    await store.rotate(old.token.token_id, timedelta(hours=24))
    clock.advance(3600)
    with pytest.raises(ExpiredToken):
        await store.verify(old.secret)


async def test_what_was_replaced_is_not_replaced_again(store: TokenStore) -> None:
    old = await store.create("alice", [Scope.READ])
    new = await store.rotate(old.token.token_id, timedelta(hours=24))
    with pytest.raises(InvalidRequest, match=new.token.token_id):
        await store.rotate(old.token.token_id, timedelta(hours=24))
    assert len(await store.list()) == 2


async def test_of_many_who_replace_a_token_at_once_one_does(postgres_url: str) -> None:
    async with open_database(postgres_url) as one, open_database(postgres_url) as other:
        stores = [TokenStore(database, FakeClock()) for database in (one, other)]
        old = await stores[0].create("alice", [Scope.READ])
        rotating = [stores[number % 2].rotate(old.token.token_id, timedelta(hours=1)) for number in range(8)]
        outcomes = await asyncio.gather(*rotating, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes].count(InvalidRequest) == 7
        assert len(await stores[0].list()) == 2


async def test_what_is_over_is_not_brought_back_by_rotation(store: TokenStore, clock: FakeClock) -> None:
    revoked = await store.create("alice", [Scope.READ])
    await store.revoke(revoked.token.token_id)
    expired = await store.create("alice", [Scope.READ], lifetime=timedelta(seconds=1))
    clock.advance(1)
    for token_id in (revoked.token.token_id, expired.token.token_id):
        with pytest.raises(InvalidRequest, match="tokens create"):
            await store.rotate(token_id, timedelta(hours=1))
    with pytest.raises(NotFound):
        await store.rotate("0" * 26, timedelta(hours=1))


async def test_the_last_use_is_noted_at_most_once_a_minute(store: TokenStore, clock: FakeClock) -> None:
    made = await store.create("alice", [Scope.READ])
    [unused] = await store.list()
    start = clock.now()
    for _ in range(3):
        await store.verify(made.secret)
        clock.advance(59)
    [used] = await store.list()
    assert (unused.last_use_time, used.last_use_time) == (None, start + timedelta(seconds=118))


async def test_where_nothing_can_be_written_one_call_a_minute_tries_to_note_the_use(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database:
        made = await TokenStore(database, clock).create("alice", [Scope.READ])
        busy = Busy(database)
        store = TokenStore(busy, clock)
        await asyncio.gather(*(store.verify(made.secret) for _ in range(5)))
        assert busy.attempts == 1
        clock.advance(60)
        await store.verify(made.secret)
        assert busy.attempts == 2


async def test_a_revocation_counts_at_once_at_another_gateway(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/t.db"
    async with open_database(url) as one, open_database(url) as other:
        here, there = TokenStore(one, FakeClock()), TokenStore(other, FakeClock())
        made = await here.create("alice", [Scope.READ])
        await there.verify(made.secret)
        await here.revoke(made.token.token_id)
        with pytest.raises(InvalidToken):
            await there.verify(made.secret)
