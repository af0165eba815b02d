"""Bearer tokens: 256 random bits that are shown once; the database holds their SHA-256 and nothing else of them."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.audit.entry import OK, Event
from gateway.door.headers import OWN_PREFIX
from gateway.ids import new_id
from gateway.storage.database import Database, open_database
from gateway.storage.sql_audit import append
from gateway.storage.tables import tokens as table
from gateway.storage.times import from_ms, to_ms
from gateway.uninterrupted import uninterrupted
from kit.clock import Clock, SystemClock
from kit.errors import ExpiredToken, InvalidRequest, InvalidToken, NotFound, Overloaded, StorageFull
from kit.log import get_logger

_OWNER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_LABEL_LENGTH = 200
_USE_NOTED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a token allows. `admin` allows everything."""

    ANALYZE = "analyze"
    READ = "read"
    ADMIN = "admin"


@dataclass(frozen=True)
class Token:
    """What is known of a token.

    Attributes:
        token_id: for lists, logs and revocation; no secret.
        owner: whose resources it opens.
        expire_time, revoke_time, last_use_time: None: never. The last use is known to the minute.
        successor_id: the token that was made in its place; empty while there is none.
    """

    token_id: str
    owner: str
    label: str
    scopes: frozenset[Scope]
    create_time: datetime
    expire_time: datetime | None
    revoke_time: datetime | None
    successor_id: str = ""
    last_use_time: datetime | None = None


@dataclass(frozen=True)
class NewToken:
    """A token just made. `secret` cannot be shown again."""

    token: Token
    secret: str

    def __repr__(self) -> str:
        return f"NewToken(token={self.token!r}, secret=...)"


class TokenStore:
    """The tokens of one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._noted: dict[str, datetime] = {}

    @uninterrupted
    async def create(
        self, owner: str, scopes: Iterable[Scope], *, label: str = "", lifetime: timedelta | None = None
    ) -> NewToken:
        """Makes a token; without `lifetime` it never expires. Raises InvalidRequest for a bad owner, label or no scope."""
        granted = frozenset(Scope(scope) for scope in scopes)
        _check(owner, label, granted)
        made = self._new(owner, granted, label, lifetime)
        async with self._database.writing() as connection:
            await connection.execute(insert(table).values(_row(made)))
            await self._entered(connection, "CreateToken", made.token)
        return made

    @uninterrupted
    async def rotate(self, token_id: str, overlap: timedelta) -> NewToken:
        """Makes a token in place of another one, which goes on for `overlap` at most.

        The new one has the same owner, scopes and label, and lives as long as the old one was made for.

        Raises:
            NotFound. InvalidRequest: it is revoked, has expired, or was replaced before.
        """
        now = self._clock.now()
        async with self._database.writing() as connection:
            old = await _find(connection, token_id)
            _check_replaceable(old, now)
            lifetime = None if old.expire_time is None else old.expire_time - old.create_time
            made = self._new(old.owner, old.scopes, old.label, lifetime)
            end = now + overlap if old.expire_time is None else min(now + overlap, old.expire_time)
            changes = {"expire_time_ms": to_ms(end), "successor_id": made.token.token_id}
            await connection.execute(insert(table).values(_row(made)))
            await connection.execute(update(table).where(table.c.id == token_id).values(changes))
            await self._entered(connection, "RotateToken", old, made.token)
        return made

    @uninterrupted
    async def list(self, owner: str | None = None) -> Sequence[Token]:
        """All tokens, or one owner's, oldest first, revoked and expired ones included."""
        query = select(table).order_by(table.c.id)
        if owner is not None:
            query = query.where(table.c.owner == owner)
        async with self._database.reading() as connection:
            return tuple(_token(row) for row in await connection.execute(query))

    @uninterrupted
    async def revoke(self, token_id: str) -> None:
        """Makes a token invalid from now on; revoking twice changes nothing. Raises NotFound."""
        now = to_ms(self._clock.now())
        async with self._database.writing() as connection:
            token = await _find(connection, token_id)
            unrevoked = (table.c.id == token_id) & table.c.revoke_time_ms.is_(None)
            await connection.execute(update(table).where(unrevoked).values(revoke_time_ms=now))
            await self._entered(connection, "RevokeToken", token)

    @uninterrupted
    async def verify(self, secret: str) -> Token:
        """The token behind a secret, asked of the database every time: what is revoked is refused at once, everywhere.

        Raises InvalidToken (unknown or revoked), ExpiredToken.
        """
        async with self._database.reading() as connection:
            query = select(table).where(table.c.secret_sha256 == _digest(secret))
            row = (await connection.execute(query)).first()
        if row is None or row.revoke_time_ms is not None:
            raise InvalidToken("this token is unknown or was revoked; ask the operator for a new one")
        token = _token(row)
        if token.expire_time is not None and token.expire_time <= self._clock.now():
            raise ExpiredToken("this token has expired; ask the operator for a new one")
        await self._note_use(token)
        return token

    async def _note_use(self, token: Token) -> None:
        now, last = self._clock.now(), self._noted.get(token.token_id, token.last_use_time)
        if last is not None and now - last < _USE_NOTED_EVERY:
            return
        # Before it is written: of calls that come together one does it, and not every one waits where writing is slow or fails.
        self._noted[token.token_id] = now
        try:
            async with self._database.writing() as connection:
                used = update(table).where(table.c.id == token.token_id).values(last_use_time_ms=to_ms(now))
                await connection.execute(used)
        except (Overloaded, StorageFull) as error:
            # Reading goes on where writing does not; the note is for people who clear up tokens.
            get_logger().warning("the last use of a token was not noted", token_id=token.token_id, reason=error.message)

    async def _entered(self, connection: AsyncConnection, what: str, *tokens: Token) -> None:
        # In the same transaction: no token without its entry, whoever made it.
        names = tuple(f"tokens/{token.token_id}" for token in tokens)
        event = Event(to_ms(self._clock.now()), what, OK, owner=tokens[0].owner, resources=names)
        await connection.run_sync(append, [event])

    def _new(self, owner: str, scopes: frozenset[Scope], label: str, lifetime: timedelta | None) -> NewToken:
        now = self._clock.now()
        expire_time = None if lifetime is None else now + lifetime
        token = Token(new_id(self._clock), owner, label, scopes, now, expire_time, revoke_time=None)
        return NewToken(token, OWN_PREFIX + secrets.token_urlsafe(32))


@asynccontextmanager
async def open_token_store(database_url: str) -> AsyncIterator[TokenStore]:
    """The token store of a gateway's database, for programs beside the gateway (`GatewaySettings.database()` is the URL)."""
    async with open_database(database_url) as database:
        yield TokenStore(database, SystemClock())


def _check(owner: str, label: str, scopes: frozenset[Scope]) -> None:
    if not _OWNER.fullmatch(owner):
        raise InvalidRequest(
            f"owner {owner!r} must be 1 to 64 of a-z, 0-9, '_', '.' and '-', beginning with a letter or digit"
        )
    if len(label) > _LABEL_LENGTH:
        raise InvalidRequest(f"a label has at most {_LABEL_LENGTH} characters, not {len(label)}")
    if not scopes:
        raise InvalidRequest(f"a token needs at least one scope of {', '.join(Scope)}")


def _check_replaceable(token: Token, now: datetime) -> None:
    if token.successor_id:
        raise InvalidRequest(f"token {token.token_id} was replaced by {token.successor_id}; rotate that one")
    if token.revoke_time is not None or (token.expire_time is not None and token.expire_time <= now):
        raise InvalidRequest(f"token {token.token_id} is no longer valid; make a new one with `telltale tokens create`")


async def _find(connection: AsyncConnection, token_id: str) -> Token:
    # Locked until the transaction ends: of two who replace a token at once, or replace and revoke it, the second sees the first.
    row = (await connection.execute(select(table).where(table.c.id == token_id).with_for_update())).first()
    if row is None:
        raise NotFound(f"there is no token {token_id}; `telltale tokens list` shows all", token_id=token_id)
    return _token(row)


def _digest(secret: str) -> str:
    # No salt and no slow hash: the secret has 256 random bits, so there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()


def _row(made: NewToken) -> dict[str, object]:
    token = made.token
    return {
        "id": token.token_id,
        "secret_sha256": _digest(made.secret),
        "owner": token.owner,
        "label": token.label,
        "scopes": " ".join(sorted(token.scopes)),
        "create_time_ms": to_ms(token.create_time),
        "expire_time_ms": None if token.expire_time is None else to_ms(token.expire_time),
    }


def _token(row: Row[tuple[object, ...]]) -> Token:
    return Token(
        token_id=row.id,
        owner=row.owner,
        label=row.label,
        scopes=frozenset(Scope(scope) for scope in row.scopes.split()),
        create_time=from_ms(row.create_time_ms),
        expire_time=_time(row.expire_time_ms),
        revoke_time=_time(row.revoke_time_ms),
        successor_id=row.successor_id or "",
        last_use_time=_time(row.last_use_time_ms),
    )


def _time(value_ms: int | None) -> datetime | None:
    return None if value_ms is None else from_ms(value_ms)
