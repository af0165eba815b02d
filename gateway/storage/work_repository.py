"""What those who make analyses ask of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateway.storage.records import (
    Commission,
    Ending,
    Terms,
)
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2


class WorkRepository(Protocol):
    """Rows of analyses, as those see them who make them: whosever they are.

    Every change takes place only where it still may: who was thought dead and comes back changes nothing that has ended.
    """

    async def queue(self) -> tuple[int, str]:
        """How many analyses wait for their turn, and the id of the oldest; "" when none does."""
        ...

    async def take_up(self, analysis_id: str) -> Commission | None:
        """The row, from now on running; None when it has ended or is gone."""
        ...

    async def commission(self, analysis_id: str) -> Commission | None:
        """The row as it is; None when it has ended or is gone."""
        ...

    async def show(self, analysis: resources_pb2.Analysis) -> None:
        """Replaces the document of a running row that has not been examined by one that tells how far it is."""
        ...

    async def parts(self, analysis_id: str) -> Mapping[str, bytes]:
        """What was kept of an interrupted attempt, by name of the part."""
        ...

    async def keep_part(self, analysis_id: str, name: str, document: bytes) -> None:
        """Keeps a part of a running row for whoever takes it up again."""
        ...

    async def examined(self, analysis: resources_pb2.Analysis, evidence: fusion_service_pb2.FuseRequest) -> None:
        """Stores what detectors have found on a running row; its parts are not needed any more."""
        ...

    async def evidence(self, analysis_id: str) -> fusion_service_pb2.FuseRequest | None:
        """What detectors have found; None before `examined`, and when the row is gone."""
        ...

    async def examined_before(
        self, owner: str, sha256: str, now: datetime, limit: int
    ) -> Sequence[resources_pb2.Analysis]:
        """Ended analyses of the same bytes by one owner with evidence that have not expired, newest first, at most `limit`."""
        ...

    async def end(self, analysis: resources_pb2.Analysis) -> Ending:
        """Replaces the document of a row that has not ended by one that has, and notes whom to tell."""
        ...

    async def revive(self, analysis: resources_pb2.Analysis, terms: Terms) -> bool:
        """Puts a row that has failed back into the queue; whether it had (still) failed."""
        ...

    async def unended(self, before: datetime, limit: int, after: str = "") -> Sequence[Commission]:
        """Rows made before a moment that have not ended, oldest first, behind the id `after`."""
        ...

    async def overdue(self, now: datetime, limit: int) -> Sequence[Commission]:
        """Rows whose deadline is over and that have not ended."""
        ...
