"""Files in, analyses or errors out, several at once and in order. How the gateway is spoken to is the client's affair."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import grpc

import telltale_client.errors
from cli.output import Outcome
from kit.errors import InvalidRequest, NotFound, TelltaleError
from kit.rpc.status import error_of
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2
from telltale_client import AsyncClient

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
        fresh: every detector looks at them anew, whatever it said of the same bytes before.
    """

    depth: media_pb2.Depth.ValueType
    language: str = ""
    fresh: bool = False


OnStep = Callable[[Path, resources_pb2.Analysis], None]
"""Takes a file and its analysis under way."""


class Analyzer(Protocol):
    """Judges one file."""

    async def analyze(self, path: Path) -> resources_pb2.Analysis:
        """The finished analysis. Raises TelltaleError."""
        ...


class StackAnalyzer:
    """Judges by a stack."""

    def __init__(self, client: AsyncClient, wish: Wish, on_step: OnStep) -> None:
        self._client = client
        self._wish = wish
        self._on_step = on_step

    async def analyze(self, path: Path) -> resources_pb2.Analysis:
        """The finished analysis.

        Raises:
            NotFound, InvalidRequest: the file is missing or cannot be read.
            TelltaleError: whatever the stack said, after its "try again" was followed a few times.
        """
        require_file(path)
        with our_errors():
            return await self._client.analyze(
                path,
                depth=self._wish.depth,
                language=self._wish.language,
                fresh=self._wish.fresh,
                on_progress=lambda analysis: self._on_step(path, analysis),
            )


@contextmanager
def our_errors() -> Iterator[None]:
    """Turns the client's errors into those that commands print."""
    try:
        yield
    except telltale_client.errors.TelltaleError as error:
        raise ours(error) from error


def ours(error: telltale_client.errors.TelltaleError) -> TelltaleError:
    """The error that commands print for one of the client's."""
    code = grpc.StatusCode[error.code]
    return error_of(error.reason, code, error.message, error.retry_after_s, **error.details)


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
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(outcome(path)) for path in paths]
            for path, task in zip(paths, tasks, strict=True):
                outcomes.append(await task)
                done(path, outcomes[-1])
    except ExceptionGroup as problems:
        raise problems.exceptions[0] from problems
    return outcomes


def require_file(path: Path) -> None:
    """Raises NotFound, InvalidRequest for what is no file that can be read."""
    if not path.exists():
        raise NotFound(f"{path} does not exist; check the name")
    if not path.is_file():
        raise InvalidRequest(f"{path} is no file; name the files themselves")
    try:
        path.open("rb").close()
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}") from error
