"""Has files judged, several at once, each content once, and notes every step before the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from cli.client import ours
from cli.meter import UnderWay
from cli.scan.state import Entry, ScanState
from cli.scan.table import row_of
from cli.scan.walk import MediaFile
from kit.errors import InvalidRequest
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2
from telltale_client import (
    AlreadyExists,
    AsyncClient,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    TelltaleError,
    Unauthenticated,
    Unavailable,
)

# Errors that lie in the file: another go would meet them again.
_LASTING = (InvalidArgument, AlreadyExists)
# Errors that do not.
_EVERYWHERE = (Unauthenticated, PermissionDenied, Unavailable)


@dataclass(frozen=True)
class Terms:
    """How files are to be judged.

    Attributes:
        depth: how much of a long file to look at.
        language: of the verdict's sentences; English when empty.
        keep: whether the server keeps files and analyses. Where it does not, a file that was under way when the scan was
            killed is judged again, since nothing of it is left.
        delete_after: whether it is told to delete each file once its verdict is here.
    """

    depth: Literal["quick", "standard", "thorough"]
    language: str
    keep: bool
    delete_after: bool


class Scanner:
    """Judges what is not judged yet. `on_step` hears of long files under way, `on_end` of every file that has its outcome.

    Attributes:
        left_behind: names of files that the server was to delete and did not, with the reason.
    """

    def __init__(
        self,
        client: AsyncClient,
        state: ScanState,
        terms: Terms,
        on_step: Callable[[MediaFile, UnderWay], None],
        on_end: Callable[[MediaFile], None],
    ) -> None:
        self.left_behind: dict[str, str] = {}
        self._client = client
        self._state = state
        self._terms = terms
        self._on_step = on_step
        self._on_end = on_end
        self._begun: set[str] = set()

    async def run(self, files: Sequence[MediaFile], jobs: int) -> list[dict[str, Any]]:
        """A row for every file, in their order; `jobs` are at work at once.

        Raises:
            TelltaleError: what every further file would meet, too: no server, no token. What is done is noted.
        """
        places = asyncio.Semaphore(jobs)

        async def judged(file: MediaFile) -> str | dict[str, Any]:
            async with places:
                outcome = await self._outcome(file)
            self._on_end(file)
            return outcome

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(judged(file)) for file in files]
        except ExceptionGroup as problems:
            raise problems.exceptions[0] from problems
        return [self._row(file, task.result()) for file, task in zip(files, tasks, strict=True)]

    async def _outcome(self, file: MediaFile) -> str | dict[str, Any]:
        """The SHA-256 under which the outcome is noted; the row itself for a file without one."""
        try:
            sha256 = await asyncio.to_thread(file.sha256)
        except OSError as error:
            return _unreadable(file, error)
        # The same content under another name is judged once; its row is there when all are done.
        if sha256 not in self._begun:
            self._begun.add(sha256)
            entry = self._state.entry(sha256)
            if entry.row is None or entry.again:
                await self._judge(file, sha256, entry)
            await self._clear_away(file, sha256, entry)
        return sha256

    async def _judge(self, file: MediaFile, sha256: str, entry: Entry) -> None:
        try:
            analysis = await (self._kept if self._terms.keep else self._passing)(file, sha256, entry)
        except OSError as error:
            self._state.note(sha256, row=_unreadable(file, error), again=True)
        except TelltaleError as error:
            if isinstance(error, _EVERYWHERE) and not error.reason.endswith("_UNAVAILABLE"):
                raise ours(error) from error
            self._state.note(sha256, row=row_of(ours(error)), again=not isinstance(error, _LASTING))
        else:
            self._state.note(sha256, row=row_of(analysis), again=False)

    async def _passing(self, file: MediaFile, sha256: str, _entry: Entry) -> resources_pb2.Analysis:
        analysis = await self._client.analyze(
            file.path,
            depth=self._terms.depth,
            language=self._terms.language,
            retention="none",
            request_id=self._state.request_id(sha256),
            on_progress=lambda analysis: self._step(file, analysis),
        )
        if analysis.info.sha256 != sha256:
            raise _changed(file)
        return analysis

    async def _kept(self, file: MediaFile, sha256: str, entry: Entry) -> resources_pb2.Analysis:
        if entry.operation:
            try:
                return await self._awaited(file, sha256, entry)
            except NotFound:
                entry.operation = ""  # it has expired since; the file is handed in again
        key = self._state.request_id(sha256)
        media = await self._client.upload(file.path, request_id=key)
        if media.info.sha256 != sha256:
            # The key stands for these bytes now, which nobody asks for any more.
            self._state.note(sha256, failures=entry.failures + 1)
            await self._client.delete_media(media)
            raise _changed(file)
        operation = await self._client.create_analysis(
            media, depth=self._terms.depth, language=self._terms.language, priority="batch", request_id=key
        )
        self._state.note(sha256, media=media.name, operation=operation.name)
        return await self._awaited(file, sha256, entry)

    async def _awaited(self, file: MediaFile, sha256: str, entry: Entry) -> resources_pb2.Analysis:
        operation = await self._client.get_operation(entry.operation)
        if not operation.done:
            async for step in operation.watch():
                self._step(file, step)
        try:
            return operation.result()
        except TelltaleError:
            # The same key would find the same failure: another go needs another one.
            self._state.note(sha256, operation="", failures=entry.failures + 1)
            raise

    def _step(self, file: MediaFile, step: UnderWay) -> None:
        if file.kind != media_pb2.MEDIA_KIND_IMAGE:
            self._on_step(file, step)

    async def _clear_away(self, file: MediaFile, sha256: str, entry: Entry) -> None:
        if not self._terms.delete_after or entry.deleted or not entry.media or entry.again:
            return
        try:
            # A go before may have been killed between the deletion and the note of it.
            with suppress(NotFound):
                await self._client.delete_media(entry.media)
            self._state.note(sha256, deleted=True)
        except TelltaleError as error:
            self.left_behind[file.name] = str(error)

    def _row(self, file: MediaFile, outcome: str | dict[str, Any]) -> dict[str, Any]:
        row = outcome if isinstance(outcome, dict) else self._state.entry(outcome).row or {}
        return {**row, "file": file.name}


def _changed(file: MediaFile) -> TelltaleError:
    return FailedPrecondition(f"{file.path} changed while it was read; scan again", reason="INVALID_REQUEST")


def _unreadable(file: MediaFile, error: OSError) -> dict[str, Any]:
    return row_of(InvalidRequest(f"{file.path} cannot be read: {error.strerror}"))
