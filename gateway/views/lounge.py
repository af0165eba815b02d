"""Where visitors are: they have a link instead of a token, and see one analysis of somebody else.

Whatever they may not have is not found, in the same words as a link that does not exist.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

from gateway.door.access import Call
from gateway.ids import id_in
from gateway.keeping.vault import Vault
from gateway.report.room import ReportRoom, WrittenReport
from gateway.storage.records import Shared
from gateway.views.map_room import MapRoom
from gateway.views.sharing import Sharing, closed, shown_to_visitors
from kit.errors import NotFound
from telltale.gateway.v1 import analysis_service_pb2, resources_pb2


class Lounge:
    """Shows visitors what a link opens."""

    def __init__(self, sharing: Sharing, maps: MapRoom, reports: ReportRoom, vault: Vault) -> None:
        self._sharing = sharing
        self._maps = maps
        self._reports = reports
        self._vault = vault

    async def analysis(self, call: Call, secret: str) -> resources_pb2.Analysis:
        """The analysis, as visitors see it. Raises NotFound."""
        shared = await self._enter(call, secret)
        return shown_to_visitors(shared.analysis, secret)

    async def map_png(self, call: Call, secret: str, cue: str) -> bytes:
        """The map of one test as PNG. Raises NotFound, Overloaded."""
        shared = await self._enter(call, secret)
        with _in_the_same_words():
            return await self._maps.draw(shared.owner, shared.analysis, cue)

    async def report(
        self, call: Call, secret: str, wanted: analysis_service_pb2.ReportFormat.ValueType
    ) -> WrittenReport:
        """The report, with pictures of the media only where the media may be seen. Raises NotFound, Overloaded."""
        shared = await self._enter(call, secret)
        analysis_id, pictures = id_in(shared.analysis.name), shared.share.with_media
        with _in_the_same_words():
            return await self._reports.write(shared.owner, analysis_id, wanted, pictures=pictures)

    async def media(self, call: Call, secret: str) -> resources_pb2.Media:
        """The file, where the link allows it. Raises NotFound."""
        shared = await self._enter(call, secret)
        if not shared.share.with_media:
            raise closed()
        with _in_the_same_words():
            return await self._vault.get(shared.owner, id_in(shared.analysis.media))

    async def read(self, media: resources_pb2.Media) -> AsyncGenerator[bytes, None]:
        """Its bytes, as `Vault.read` gives them. Raises NotFound, DigestMismatch."""
        async with aclosing(self._vault.read(media)) as pieces:
            with _in_the_same_words():
                async for piece in pieces:
                    yield piece

    async def _enter(self, call: Call, secret: str) -> Shared:
        shared = await self._sharing.open(secret)
        call.owner, call.share = shared.owner, shared.share.name
        return shared


@contextmanager
def _in_the_same_words() -> Iterator[None]:
    # What was deleted between two looks, or is asked for wrongly, is told without the names of its owner.
    try:
        yield
    except NotFound as error:
        raise closed() from error
