"""Tokens and what the database knows of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.storage.database import open_database
from gateway.tokens import Scope, TokenStore
from kit.errors import ExpiredToken, InvalidRequest, InvalidToken, NotFound
from tests.support.clock import FakeClock


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[TokenStore]:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/t.db") as database:
        yield TokenStore(database, FakeClock())


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
