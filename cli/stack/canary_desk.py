"""Where a running stack hears of canaries: it starts them, gives them their share, and clears them away.

Whoever asks only measures and decides. When the connection to them ends before they said "promote", for whatever reason, the
canary gets no call any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, Self

from pydantic import ValidationError

from canary.envoy.endpoints import Version, point
from canary.wire import Ask, Begun, Target, Told, admin_socket, control_socket
from cli.stack.canaries import SERVICES, address_of, as_target, beside, keep_promoted
from cli.stack.process import ChildProcess, ProcessSpec, describe_exit, last_lines
from cli.stack.supervisor import Say
from kit.errors import DetectorUnavailable, InvalidRequest, TelltaleError

_LOOK_S: Final = 0.1
# For Envoy to read a file, or its threads a share.
_SOON_S: Final = 5.0


@dataclass(frozen=True)
class Patience:
    """Seconds: that a canary has to become ready; that its calls have to end when it gets no new ones; to end after SIGTERM."""

    start_s: float
    drain_s: float
    stop_s: float


Measured = Callable[[str, Version, str], None]
"""Hears of a service's version at which host:port its metrics are; empty: nowhere any more."""


class Keeper(Protocol):
    """Who keeps processes running; the supervisor."""

    def spec(self, name: str) -> ProcessSpec:
        """By what the process called `name` was started."""
        ...

    def replace(self, child: ChildProcess) -> ChildProcess:
        """Keeps `child` in the place of the process of its name, and gives that one back."""
        ...


class Admin(Protocol):
    """Who shares calls out; the inner Envoy. Each of these raises DetectorUnavailable when it is away."""

    def share(self, service: str, percent: int) -> None:
        """Sends so many of a hundred calls to the canary from now on."""
        ...

    def active(self, service: str, version: Version) -> int:
        """How many calls a version is working on."""
        ...

    def calls_go_to(self, service: str, version: Version) -> set[str]:
        """The addresses behind a cluster by now."""
        ...


class CanaryDesk:
    """Use as `async with`, inside that of the supervisor. One canary at a time."""

    def __init__(
        self,
        supervisor: Keeper,
        folder: Path,
        logs: Path,
        patience: Patience,
        say: Say,
        moved: Callable[[str, str], None],
        measured: Measured,
        admin: Admin,
    ) -> None:
        self._supervisor = supervisor
        self._folder = folder
        self._logs = logs
        self._patience = patience
        self._say = say
        self._moved = moved
        self._measured = measured
        self._admin = admin
        self._busy = asyncio.Lock()
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        path = control_socket(self._folder)
        path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._talk, path)
        path.chmod(0o600)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # who has gone is not answered
        finally:
            self._talks.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._busy.locked():
            writer.write(_line(Told(error="another canary is under way in this stack; wait for its end")))
            return
        async with self._busy:
            canary = _Canary(
                self._supervisor, self._folder, self._logs, self._patience, self._admin, self._moved, self._measured
            )
            try:
                while line := await reader.readline():
                    writer.write(_line(await _answer(canary, line)))
                    await writer.drain()
            finally:
                if canary.running:
                    self._say(f"nobody watches the canary of {canary.service} any more; it is rolled back")
                    await canary.roll_back()


async def _answer(canary: _Canary, line: bytes) -> Told:
    try:
        ask = Ask.model_validate_json(line)
        return await canary.hear(ask)
    except ValidationError as error:
        return Told(error=f"that is no question: {error}")
    except TelltaleError as error:
        return Told(error=error.message)
    except OSError as error:
        return Told(error=str(error))


def _line(told: Told) -> bytes:
    return told.model_dump_json().encode() + b"\n"


class _Canary:
    """One canary, from its start to its end."""

    def __init__(
        self,
        supervisor: Keeper,
        folder: Path,
        logs: Path,
        patience: Patience,
        admin: Admin,
        moved: Callable[[str, str], None],
        measured: Measured,
    ) -> None:
        self._supervisor = supervisor
        self._folder = folder
        self._logs = logs
        self._patience = patience
        self._admin = admin
        self._moved = moved
        self._measured = measured
        self._child: ChildProcess | None = None
        self._watch: asyncio.Task[None] | None = None
        self._target = Target()
        self._address = ""
        self._stable = ""
        self._metrics = ""
        self.service = ""

    @property
    def running(self) -> bool:
        """Whether there is something to clear away."""
        return self._child is not None

    async def hear(self, ask: Ask) -> Told:
        """Does what is asked. Raises TelltaleError."""
        if (ask.do == "begin") == self.running:
            raise InvalidRequest(f"{ask.do!r} makes no sense {'twice' if self.running else 'before a canary began'}")
        if ask.do == "begin":
            return Told(begun=await self._begin(ask.service, ask.target))
        if ask.do == "roll back":
            await self.roll_back()
        elif gone := self._gone():
            return Told(gone=gone)
        elif ask.do == "share":
            await asyncio.to_thread(self._admin.share, self.service, ask.percent)
        else:
            await self._promote()
        return Told()

    async def roll_back(self) -> None:
        """No further call for the canary; those that are under way end, then it does."""
        child, self._child = self._child, None
        assert child is not None
        try:
            # A promotion that failed on its way has pointed it elsewhere.
            point(self._folder, self.service, "stable", [self._stable])
            await self._no_share()
            await self._drained("canary")
        finally:
            point(self._folder, self.service, "canary", [self._stable])
            self._measured(self.service, "canary", "")
            await self._end(child)

    async def _begin(self, service: str, target: Target) -> Begun:
        if service not in SERVICES:
            raise InvalidRequest(f"there is no service {service}; canaries may be of {', '.join(SERVICES)}")
        stable = self._supervisor.spec(service)
        spec, self._address, self._metrics = beside(as_target(stable, target))
        self.service, self._target, self._stable = service, target, address_of(stable)
        log = self._logs / f"{service}-canary.log"
        log.unlink(missing_ok=True)
        child = await ChildProcess.start(spec, log)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(child.stop, self._patience.stop_s)
            if not await child.ready(self._patience.start_s):
                code = child.exit_code
                what = "was not ready in time" if code is None else describe_exit(code)
                raise InvalidRequest(f"the canary {what} while it started. The end of {log}:\n{last_lines(log)}")
            undo.callback(point, self._folder, service, "canary", [self._stable])
            point(self._folder, service, "canary", [self._address, self._stable])
            await self._points_to("canary", {self._address, self._stable})
            undo.pop_all()
        self._child = child
        self._measured(service, "canary", self._metrics)
        self._watch = asyncio.create_task(self._when_gone(child))
        running = self._supervisor.spec
        return Begun(
            contract=SERVICES[service].contract.full_name,
            addresses={"stable": self._stable, "canary": self._address},
            metrics={"stable": address_of(stable, "metrics_port"), "canary": self._metrics},
            services={name: address_of(running(name)) for name in SERVICES},
            admin=str(admin_socket(self._folder)),
        )

    async def _promote(self) -> None:
        """The canary has all calls by now: it becomes the stable version, and the old one ends when its calls have."""
        child = self._child
        assert child is not None
        await self._drained("stable")
        point(self._folder, self.service, "stable", [self._address])
        await self._points_to("stable", {self._address})
        # Before the old version ends: a disk that is full leaves everything as it was.
        keep_promoted(self._folder, self.service, self._target)
        await self._no_share()
        point(self._folder, self.service, "canary", [self._address])
        old, self._child = self._supervisor.replace(child), None
        self._moved(self.service, self._address)
        self._measured(self.service, "stable", self._metrics)
        self._measured(self.service, "canary", "")
        await self._end(old)

    async def _when_gone(self, child: ChildProcess) -> None:
        await child.wait()
        # Not only when somebody asks again: until then its calls would be sent to the stable version one by one.
        await self._no_share()

    def _gone(self) -> str:
        code = self._child.exit_code if self._child else None
        return "" if code is None else f"{describe_exit(code)} (log: {self._logs / f'{self.service}-canary.log'})"

    async def _no_share(self) -> None:
        # An Envoy that is away comes back without shares.
        with suppress(DetectorUnavailable):
            await asyncio.to_thread(self._admin.share, self.service, 0)

    async def _drained(self, version: Version) -> None:
        with suppress(DetectorUnavailable, TimeoutError):
            async with asyncio.timeout(self._patience.drain_s):
                # Before it counts a call as under way, Envoy has decided where that goes.
                await asyncio.sleep(_LOOK_S)
                while await asyncio.to_thread(self._admin.active, self.service, version):
                    await asyncio.sleep(_LOOK_S)

    async def _points_to(self, version: Version, addresses: set[str]) -> None:
        try:
            async with asyncio.timeout(_SOON_S):
                while await asyncio.to_thread(self._admin.calls_go_to, self.service, version) != addresses:
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError as error:
            raise DetectorUnavailable(f"the inner Envoy does not see where the {version} version is") from error

    async def _end(self, child: ChildProcess) -> None:
        if self._watch is not None:
            self._watch.cancel()
        await child.stop(self._patience.stop_s)
