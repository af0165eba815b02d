"""What owners learned to be true of their media: the beginning of measuring ourselves on somebody's own cases."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from gateway.ids import feedback_name
from gateway.paging import Page, cut
from gateway.storage.repository import FeedbackRepository
from gateway.storage.times import to_timestamp
from kit.clock import Clock
from telltale.gateway.v1 import resources_pb2

_LAYOUT = "\n\t"


class Hindsight:
    """Keeps what was said of analyses. It changes no verdict."""

    def __init__(self, rows: FeedbackRepository, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    async def learn(
        self, owner: str, analysis_id: str, truth: resources_pb2.Truth.ValueType, comment: str
    ) -> resources_pb2.Feedback:
        """Stores what is true, in place of what was said before. Raises NotFound (no such analysis, no verdict), StorageFull."""
        said = resources_pb2.Feedback(
            name=feedback_name(analysis_id),
            truth=truth,
            comment=_cleaned(comment),
            update_time=to_timestamp(self._clock.now()),
        )
        await self._rows.put(owner, said)
        return await self._rows.get(owner, analysis_id)

    async def recall(self, owner: str, analysis_id: str) -> resources_pb2.Feedback:
        """What was said of an analysis. Raises NotFound."""
        return await self._rows.get(owner, analysis_id)

    async def unlearn(self, owner: str, analysis_id: str) -> None:
        """Takes it back. Raises NotFound."""
        await self._rows.delete(owner, analysis_id)

    async def page(self, owner: str, page: Page) -> tuple[Sequence[resources_pb2.Feedback], str]:
        """All that was said, newest analysis first, and the token of the next page."""
        return cut(await self._rows.page(owner, page), page)


def _cleaned(comment: str) -> str:
    """Without control characters: they mean nothing in a text, and not every database takes them."""
    kept = (each for each in comment if each in _LAYOUT or unicodedata.category(each) != "Cc")
    return "".join(kept).strip()
