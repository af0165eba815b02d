"""Where calls, bytes and seconds are counted: in memory, or in a Redis that several gateways share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from limits.aio.storage import RedisStorage, Storage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string
from redis.asyncio import Redis, RedisCluster

from kit.errors import InvalidSettings, StorageUnavailable

_PATIENCE_S = 2.0
_RETRY_AFTER_S = 2.0
_WANTED = (
    'rate_storage_url must be like "async+memory://" or "async+redis://:password@host:6379", with its library installed'
)


def open_counters(url: str) -> Storage:
    """The counters at `url`: "async+memory://", "async+redis://…", "async+rediss://…". Raises InvalidSettings."""
    patience = {"socket_timeout": _PATIENCE_S, "socket_connect_timeout": _PATIENCE_S}
    try:
        counters = storage_from_string(url, wrap_exceptions=True, implementation="redispy", **patience)
    except ConfigurationError:
        # Its own message tells the whole URL, which may hold a password.
        raise InvalidSettings(_WANTED) from None
    if not isinstance(counters, Storage):
        raise InvalidSettings(_WANTED)
    return counters


@asynccontextmanager
async def counting(url: str) -> AsyncIterator[Storage]:
    """The same, for as long as the context lasts; its connections are closed behind it."""
    counters = open_counters(url)
    try:
        yield counters
    finally:
        if isinstance(counters, RedisStorage) and isinstance(counters.bridge, RedispyBridge):
            connection = counters.bridge.get_connection()
            assert isinstance(connection, Redis | RedisCluster)
            await connection.aclose()


@contextmanager
def answering() -> Iterator[None]:
    """Around every question to the counters. Raises StorageUnavailable.

    Who cannot be counted is not let through: a limit that is gone when somebody stops its store limits nobody.
    """
    try:
        yield
    except StorageError as error:
        raise StorageUnavailable(
            "the counters of calls and quotas do not answer; try again in a moment", retry_after_s=_RETRY_AFTER_S
        ) from error
