"""What the gateway asks of its database, without saying which. Resources go in and out as the messages that callers see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from gateway.paging import Page
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2


@dataclass(frozen=True)
class Claim:
    """An idempotency key as its owner used it: the same key with other bytes is refused.

    Attributes:
        purpose: what the key was given for; one key serves once for each.
        request_id: the caller's UUID.
        sha256: of the media that came with it.
    """

    purpose: Literal["upload", "analyze"]
    request_id: str
    sha256: str


class MediaRepository(Protocol):
    """Rows of stored files. Everything but `expired` and `known` sees one owner's rows alone."""

    async def add(self, owner: str, media: resources_pb2.Media, claim: Claim | None) -> None:
        """Stores a new row, and the key under which it may be asked for again. Raises StorageFull, Overloaded."""
        ...

    async def get(self, owner: str, media_id: str) -> resources_pb2.Media:
        """One row. Raises NotFound."""
        ...

    async def claimed(self, owner: str, claim: Claim) -> resources_pb2.Media | None:
        """The row that an earlier request with this key made. Raises RequestIdReused when that had other bytes."""
        ...

    async def page(self, owner: str, page: Page) -> Sequence[resources_pb2.Media]:
        """Rows, newest first; one more than the page's size when another page follows."""
        ...

    async def delete(self, owner: str, media_id: str) -> Sequence[str]:
        """Deletes a row with its analyses and keys; the names of all that is gone. Raises NotFound."""
        ...

    async def expired(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Owner and id of rows whose time is over, at most `limit`."""
        ...

    async def known(self, media_ids: Sequence[str]) -> frozenset[str]:
        """Those of the ids that have a row, whoever owns it."""
        ...


class AnalysisRepository(Protocol):
    """Rows of analyses. Everything but `fail_unfinished` sees one owner's rows alone."""

    async def add(self, owner: str, analysis: resources_pb2.Analysis, claim: Claim | None) -> None:
        """Stores a new row, and the key under which it may be asked for again. Raises NotFound (no such media), StorageFull."""
        ...

    async def save(
        self, owner: str, analysis: resources_pb2.Analysis, evidence: fusion_service_pb2.FuseRequest | None
    ) -> None:
        """Replaces a row; evidence stays as it was when None. Does nothing when the row is gone. Raises StorageFull."""
        ...

    async def get(self, owner: str, analysis_id: str) -> resources_pb2.Analysis:
        """One row. Raises NotFound."""
        ...

    async def evidence(self, owner: str, analysis_id: str) -> fusion_service_pb2.FuseRequest | None:
        """What fusion was or will be given; None before detection has ended. Raises NotFound."""
        ...

    async def claimed(self, owner: str, claim: Claim) -> resources_pb2.Analysis | None:
        """The row that an earlier request with this key made. Raises RequestIdReused when that had other bytes."""
        ...

    async def unjudged(self, owner: str, media_id: str) -> Sequence[resources_pb2.Analysis]:
        """Analyses of a file that failed after their evidence was stored, newest first; the last few of them."""
        ...

    async def page(self, owner: str, page: Page) -> Sequence[resources_pb2.Analysis]:
        """Rows, newest first; one more than the page's size when another page follows."""
        ...

    async def delete(self, owner: str, analysis_id: str) -> Sequence[str]:
        """Deletes a row and its keys; the names of all that is gone. Raises NotFound."""
        ...

    async def fail_unfinished(self) -> int:
        """Marks analyses that a stopped process left running as failed; how many there were."""
        ...
