"""Files in, analyses out: streaming uploads over gRPC, several at once, each one retried when the stack says "not now"."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import grpc
from google.api import httpbody_pb2

from cli.connection import Connection
from cli.output import Outcome
from kit.errors import Internal, InvalidRequest, NotFound, Overloaded, RateLimited, TelltaleError
from kit.rpc.status import from_rpc_error
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import analysis_service_pb2, analysis_service_pb2_grpc, resources_pb2

_CHUNK_BYTES = 2**20
# Above what the edge allows: 900 s for the upload and 900 s for the analysis.
_TIMEOUT_S = 1860.0
_ATTEMPTS = 8
_DEFAULT_PAUSE_S = 1.0

DEPTHS = {
    "quick": media_pb2.DEPTH_QUICK,
    "standard": media_pb2.DEPTH_STANDARD,
    "thorough": media_pb2.DEPTH_THOROUGH,
}
"""Depths by the names they have on the command line."""


@dataclass(frozen=True)
class Wish:
    """How files are to be judged.

    Attributes:
        depth: how much of a long file to look at.
        language: of the verdict's sentences, a BCP 47 tag; English when empty.
    """

    depth: media_pb2.Depth.ValueType
    language: str = ""


OnStep = Callable[[Path, resources_pb2.Analysis], None]
"""Takes a file and its analysis under way. Called from several threads."""


class Analyzer(Protocol):
    """Judges one file."""

    async def analyze(self, path: Path) -> resources_pb2.Analysis:
        """The finished analysis. Raises TelltaleError."""
        ...


class GrpcAnalyzer:
    """Judges by AnalysisService.AnalyzeMedia.

    Calls are sync ones in threads: an asyncio client whose upload is refused early may see INTERNAL instead of the
    reason (grpc issue 36066), and a wrong token must read as one.
    """

    def __init__(self, channel: grpc.Channel, connection: Connection, wish: Wish, on_step: OnStep) -> None:
        self._stub = analysis_service_pb2_grpc.AnalysisServiceStub(channel)  # type: ignore[no-untyped-call]  # generated
        self._connection = connection
        self._wish = wish
        self._on_step = on_step

    async def analyze(self, path: Path) -> resources_pb2.Analysis:
        """The finished analysis.

        Raises:
            NotFound, InvalidRequest: the file is missing or cannot be read.
            TelltaleError: whatever the stack said, after its "try again" was followed a few times.
        """
        _require_file(path)
        # One key for all attempts: an analysis that was made but whose answer got lost is not made twice.
        request_id = str(uuid.uuid4())
        for _ in range(_ATTEMPTS - 1):
            try:
                return await asyncio.to_thread(self._once, path, request_id)
            except (RateLimited, Overloaded) as error:
                await asyncio.sleep(error.retry_after_s or _DEFAULT_PAUSE_S)
        return await asyncio.to_thread(self._once, path, request_id)

    def _once(self, path: Path, request_id: str) -> resources_pb2.Analysis:
        upload = _upload(path, request_id, self._wish)
        call = self._stub.AnalyzeMedia(upload, metadata=self._connection.metadata(), timeout=_TIMEOUT_S)
        last: resources_pb2.Analysis | None = None
        try:
            for last in call:
                if last.state == resources_pb2.ANALYSIS_STATE_RUNNING:
                    self._on_step(path, last)
        except grpc.RpcError as error:
            raise from_rpc_error(error) from error
        if last is None:
            raise Internal(f"the stack ended the call for {path} without an analysis; look into its logs")
        return last


async def analyze_all(
    analyzer: Analyzer, paths: Sequence[Path], in_flight: int, done: Callable[[Path, Outcome], None]
) -> list[Outcome]:
    """Judges all files, `in_flight` at once; calls `done` for each in the order given, as early as that order allows."""
    places = asyncio.Semaphore(in_flight)

    async def outcome(path: Path) -> Outcome:
        async with places:
            try:
                return await analyzer.analyze(path)
            except TelltaleError as error:
                return error

    outcomes = []
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(outcome(path)) for path in paths]
        for path, task in zip(paths, tasks, strict=True):
            outcomes.append(await task)
            done(path, outcomes[-1])
    return outcomes


def _upload(path: Path, request_id: str, wish: Wish) -> Iterator[analysis_service_pb2.AnalyzeMediaRequest]:
    first: dict[str, Any] = {
        "request_id": request_id,
        "display_name": path.name[-200:],
        "depth": wish.depth,
        "language": wish.language,
    }
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            body = httpbody_pb2.HttpBody(data=chunk)
            yield analysis_service_pb2.AnalyzeMediaRequest(file=body, **first)
            first = {}
    if first:
        yield analysis_service_pb2.AnalyzeMediaRequest(file=httpbody_pb2.HttpBody(), **first)


def _require_file(path: Path) -> None:
    if not path.exists():
        raise NotFound(f"{path} does not exist; check the name")
    if not path.is_file():
        raise InvalidRequest(f"{path} is no file; name the files themselves")
    try:
        path.open("rb").close()
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}") from error
