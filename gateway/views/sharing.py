"""Links to one analysis for people without a token. A link's secret has 256 random bits; we keep its SHA-256 and forget it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from gateway.ids import new_id, share_name
from gateway.orders.archive import Archive
from gateway.storage.records import Shared
from gateway.storage.repository import ShareRepository
from gateway.storage.times import to_timestamp
from kit.clock import Clock
from kit.errors import NotFound
from telltale.gateway.v1 import resources_pb2

MAX_LIVE = 20
"""Links of one analysis that have not expired."""

DEFAULT_LIFE = timedelta(days=7)
_SECRET_BYTES = 32


class Sharing:
    """Makes links, ends them, and opens what they lead to."""

    def __init__(self, rows: ShareRepository, archive: Archive, clock: Clock) -> None:
        self._rows = rows
        self._archive = archive
        self._clock = clock

    async def create(
        self, owner: str, analysis_id: str, life: timedelta = DEFAULT_LIFE, *, with_media: bool = False
    ) -> resources_pb2.Share:
        """A new link with its secret, which cannot be shown again. It ends with the media at the latest.

        Raises:
            NotFound: no such analysis, or it has no verdict.
            InvalidRequest: the analysis has `MAX_LIVE` links.
            StorageFull.
        """
        await self._archive.judged(owner, analysis_id)
        now, secret = self._clock.now(), secrets.token_urlsafe(_SECRET_BYTES)
        wanted = resources_pb2.Share(
            name=share_name(analysis_id, new_id(self._clock)),
            with_media=with_media,
            create_time=to_timestamp(now),
            expire_time=to_timestamp(now + life),
        )
        share = await self._rows.add(owner, wanted, _digest(secret), MAX_LIVE)
        share.secret = secret
        return share

    async def list(self, owner: str, analysis_id: str) -> Sequence[resources_pb2.Share]:
        """Links that have not expired, newest first, without secrets. Raises NotFound."""
        return await self._rows.live(owner, analysis_id, self._clock.now())

    async def end(self, owner: str, analysis_id: str, share_id: str) -> None:
        """Ends a link at once. Raises NotFound."""
        await self._rows.delete(owner, analysis_id, share_id)

    async def open(self, secret: str) -> Shared:
        """What a link leads to. Raises NotFound, the same for a wrong, an ended and an expired one."""
        shared = await self._rows.behind(_digest(secret), self._clock.now())
        if shared is None:
            raise closed()
        return shared

    async def sweep(self) -> int:
        """Deletes links that have expired; how many there were."""
        return await self._rows.sweep(self._clock.now())


def closed() -> NotFound:
    """What everybody hears who has no link, or not to what they ask for."""
    return NotFound("This link leads nowhere; it may have expired or been ended. Ask who gave it to you for a new one.")


def shown_to_visitors(analysis: resources_pb2.Analysis, secret: str) -> resources_pb2.Analysis:
    """An analysis without what only its owner can use; maps have names under which the link opens them."""
    shown = resources_pb2.Analysis()
    shown.CopyFrom(analysis)
    shown.ClearField("media")
    shown.ClearField("request_id")
    for each in shown.maps:
        each.name = f"shared/{secret}/maps/{each.cue}"
    return shown


def _digest(secret: str) -> str:
    # No salt and no slow hash: the secret has 256 random bits, so there is nothing to guess. The time of a look-up tells at most
    # how digests begin, and no digest leads back to a secret.
    return hashlib.sha256(secret.encode()).hexdigest()
