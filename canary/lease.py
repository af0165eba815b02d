"""The side of a canary's connection that measures and decides: `Stage` for a rollout, over the stack's socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from canary.envoy.admin import EnvoyAdmin
from canary.figures import Figures
from canary.measure import Meter
from canary.rollout import CanaryGone
from canary.wire import Ask, Begun, Target, Told, control_socket
from kit.errors import DetectorUnavailable, InvalidRequest, NotConfigured

_MAX_LINE_BYTES = 2**20


class Lease:
    """A canary that runs for as long as this is held."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._meter: Meter | None = None

    async def begin(self, service: str, target: Target) -> Begun:
        """Starts it and waits until it is warm. Raises InvalidRequest: it cannot be started, with the end of its log."""
        begun = (await self._ask(Ask(do="begin", service=service, target=target))).begun
        assert begun is not None
        self._meter = Meter(EnvoyAdmin(Path(begun.admin)), service, begun.contract, begun.metrics)
        return begun

    async def share(self, percent: int) -> None:
        """Gives the canary so many of a hundred calls. Raises CanaryGone, DetectorUnavailable."""
        await self._ask(Ask(do="share", percent=percent))

    async def figures(self) -> tuple[Figures, Figures]:
        """Of the stable version and of the canary. Raises DetectorUnavailable."""
        assert self._meter is not None
        return await asyncio.to_thread(self._meter.read, "stable"), await asyncio.to_thread(self._meter.read, "canary")

    async def promote(self) -> None:
        """Makes it the stable version. Raises CanaryGone, DetectorUnavailable."""
        await self._ask(Ask(do="promote"))

    async def roll_back(self) -> None:
        """Takes its calls away and stops it."""
        await self._ask(Ask(do="roll back"))

    async def _ask(self, ask: Ask) -> Told:
        line = await self._answer_to(ask)
        if not line:
            raise NotConfigured(
                "the stack has ended, and the canary with it. The next `telltale up` runs the version before"
            )
        told = Told.model_validate_json(line)
        if told.gone:
            raise CanaryGone(told.gone)
        if told.error:
            raise (InvalidRequest if ask.do == "begin" else DetectorUnavailable)(told.error)
        return told

    async def _answer_to(self, ask: Ask) -> bytes:
        """A line, empty where nobody is there to answer any more."""
        try:
            self._writer.write(ask.model_dump_json().encode() + b"\n")
            await self._writer.drain()
            return await self._reader.readline()
        except ConnectionError:
            return b""


@asynccontextmanager
async def leased(folder: Path) -> AsyncIterator[Lease]:
    """A connection to the stack whose folder for canaries this is. Raises NotConfigured: it runs without."""
    try:
        reader, writer = await asyncio.open_unix_connection(control_socket(folder), limit=_MAX_LINE_BYTES)
    except OSError as error:
        raise NotConfigured("the stack runs without canaries; start it by `telltale up --canaries`") from error
    try:
        yield Lease(reader, writer)
    finally:
        writer.close()
