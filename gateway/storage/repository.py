"""What the gateway asks of its database, without saying which. Resources go in and out as the messages that callers see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.paging import Page
from gateway.search import Search
from gateway.storage.records import (
    Claim,
    Deletion,
    NewAnalysis,
    Notification,
    NotificationEnd,
    Shared,
)
from telltale.fusion.v1 import fusion_service_pb2
from telltale.gateway.v1 import resources_pb2


class MediaRepository(Protocol):
    """Rows of stored files. Everything but `expired` and `known` sees one owner's rows alone.

    What has expired is not found any more, whether it was deleted already or not.
    """

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

    async def belongings(self, owner: str, media_id: str, *, contributed: bool = True) -> Deletion:
        """What `delete` would delete now. Raises NotFound."""
        ...

    async def delete(self, owner: str, media_id: str, *, contributed: bool = True) -> Deletion:
        """Deletes a row, expired or not, with its analyses, all that hangs on them, and its keys. Raises NotFound.

        `contributed`: with the row of a copy that was given to us; otherwise that stays, and knows no media any more.
        """
        ...

    async def expired(self, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Owner and id of rows whose time is over, at most `limit`."""
        ...

    async def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of the keys of the media store that a row speaks of, of media or of evidence, whoever owns it."""
        ...


class AnalysisRepository(Protocol):
    """Rows of analyses, as their owners see them: each one its own, until their media expire."""

    async def add(self, owner: str, analyses: Sequence[NewAnalysis]) -> None:
        """Stores new rows, and the keys under which they may be asked for again: all or none.

        Raises:
            NotFound: no such media (any more).
            RequestIdTaken: another process has stored a row under one of the keys meanwhile.
            StorageFull, StorageUnavailable.
        """
        ...

    async def get(self, owner: str, analysis_id: str) -> resources_pb2.Analysis:
        """One row. Raises NotFound."""
        ...

    async def newer(self, owner: str, analysis_id: str, revision: int) -> tuple[resources_pb2.Analysis, int] | None:
        """One row and its revision, when that is above `revision`. Raises NotFound."""
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
        """Rows that are looked for, newest first; one more than the page's size when another page follows.

        No more of them than a message holds, and one: `gateway.paging.cut` would leave out the others.
        """
        ...

    async def belongings(self, owner: str, analysis_id: str) -> Deletion:
        """What `delete` would delete now. Raises NotFound."""
        ...

    async def delete(self, owner: str, analysis_id: str) -> Deletion:
        """Deletes a row, expired or not, all that hangs on it, and its keys. Raises NotFound."""
        ...


class ContributionRepository(Protocol):
    """Rows of copies that were given to us, each one its owner's. They outlive the rows of their media when these expire."""

    async def add(self, owner: str, media_id: str, made: resources_pb2.Contribution) -> resources_pb2.Contribution:
        """Stores a new row; what is stored, which is another one where the media have one already. Raises NotFound."""
        ...

    async def of_media(self, owner: str, media_id: str) -> resources_pb2.Contribution | None:
        """The row of a stored file."""
        ...

    async def correct(self, owner: str, contribution_id: str, truth: resources_pb2.Truth.ValueType) -> None:
        """Replaces what is said to be true. Raises NotFound."""
        ...

    async def get(self, owner: str, contribution_id: str) -> resources_pb2.Contribution:
        """One row. Raises NotFound."""
        ...

    async def delete(self, owner: str, contribution_id: str) -> None:
        """Deletes a row. Raises NotFound."""
        ...

    async def known(self, contribution_ids: Sequence[str]) -> frozenset[str]:
        """Those of the ids that have a row, whoever owns it."""
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


class NotificationRepository(Protocol):
    """Rows of notifications, whosever they are. They are written where analyses end."""

    async def pending(self, notification_id: str) -> Notification | None:
        """The row; None when it has ended or is gone."""
        ...

    async def postpone(self, notification_id: str, now: datetime, wait_s: float) -> None:
        """Counts an attempt that failed at `now`, the next one to come `wait_s` seconds later."""
        ...

    async def end(self, notification_id: str, how: NotificationEnd) -> None:
        """Counts the last attempt."""
        ...

    async def overdue(self, before: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Id and turn of pending rows whose time was before a moment, at most `limit`."""
        ...
