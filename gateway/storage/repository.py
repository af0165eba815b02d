"""What the gateway asks of its database, without saying which. Resources go in and out as the messages that callers see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from gateway.paging import Page
from gateway.search import Search
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


@dataclass(frozen=True)
class Deletion:
    """What went when something was deleted.

    Attributes:
        names: of the resources, what was asked for first.
        sha256: of the media that they were or spoke of.
        artefacts: kinds of stored data that were really there, as `telltale.gateway.v1.DeletionReceipt` names them.
    """

    names: tuple[str, ...]
    sha256: str
    artefacts: frozenset[str]


@dataclass(frozen=True)
class Shared:
    """What a link opens.

    Attributes:
        owner: who made the link.
        share: the link, without its secret.
        analysis: as its owner sees it.
    """

    owner: str
    share: resources_pb2.Share
    analysis: resources_pb2.Analysis


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

    async def delete(self, owner: str, media_id: str) -> Deletion:
        """Deletes a row with its analyses, all that hangs on them, and its keys. Raises NotFound."""
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

    async def page(self, owner: str, page: Page, search: Search) -> Sequence[resources_pb2.Analysis]:
        """Rows that are looked for, newest first; one more than the page's size when another page follows."""
        ...

    async def delete(self, owner: str, analysis_id: str) -> Deletion:
        """Deletes a row, all that hangs on it, and its keys. Raises NotFound."""
        ...

    async def fail_unfinished(self) -> int:
        """Marks analyses that a stopped process left running as failed; how many there were."""
        ...


class ShareRepository(Protocol):
    """Rows of links. Everything but `behind` and `sweep` sees one owner's rows alone."""

    async def add(self, owner: str, share: resources_pb2.Share, secret_sha256: str, most: int) -> resources_pb2.Share:
        """Stores a new row, its end moved to that of the media when that is sooner; the row as it is stored.

        Raises:
            NotFound: no such analysis.
            InvalidRequest: it has `most` links that have not expired.
            StorageFull.
        """
        ...

    async def live(self, owner: str, analysis_id: str, now: datetime) -> Sequence[resources_pb2.Share]:
        """Links of an analysis that have not expired, newest first. Raises NotFound when there is no such analysis."""
        ...

    async def delete(self, owner: str, analysis_id: str, share_id: str) -> None:
        """Deletes a row. Raises NotFound."""
        ...

    async def behind(self, secret_sha256: str, now: datetime) -> Shared | None:
        """What a secret opens; None when it opens nothing (any more)."""
        ...

    async def sweep(self, now: datetime) -> int:
        """Deletes rows that have expired; how many there were."""
        ...


class FeedbackRepository(Protocol):
    """What owners learned of their media; each one sees its own alone. What we had answered is read from the analysis."""

    async def put(self, owner: str, feedback: resources_pb2.Feedback) -> None:
        """Stores or replaces a row: truth, comment and time.

        Raises:
            NotFound: no such analysis, or it has no verdict.
            StorageFull.
        """
        ...

    async def get(self, owner: str, analysis_id: str) -> resources_pb2.Feedback:
        """One row. Raises NotFound."""
        ...

    async def delete(self, owner: str, analysis_id: str) -> None:
        """Deletes a row. Raises NotFound."""
        ...

    async def page(self, owner: str, page: Page) -> Sequence[resources_pb2.Feedback]:
        """Rows, newest analysis first; one more than the page's size when another page follows."""
        ...
