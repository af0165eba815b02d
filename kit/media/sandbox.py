"""Decoders run here: in children that can do nothing but compute (decision 6 of the architecture).

A `Sandbox` is the client of one zygote process. It is started before any gRPC thread exists, and every `run` has the
zygote fork a child that holds two descriptors: the medium, and the exchange file for the answer.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from kit.errors import InvalidSettings, Overloaded, SandboxUnavailable
from kit.log import get_logger
from kit.media.cancel import CancelToken
from kit.media.confinement import ChildLimits
from kit.media.exchange import Json, Request
from kit.media.file import MediaFile
from kit.media.link import SandboxResult, ZygoteDied, ZygoteLink, launch
from kit.media.metrics import CHILDREN, DEGRADED
from kit.media.slots import Slots
from kit.telemetry import tracing

__all__ = ["ChildLimits", "Json", "Sandbox", "SandboxResult", "SandboxSettings"]


@dataclass(frozen=True)
class SandboxSettings:
    """How the sandbox is built.

    Attributes:
        limits: resources of one child.
        max_children: decodes at the same time; more wait.
        queue_wait_s: how long they wait before Overloaded.
        start_s: how long a zygote may take to load the decoders.
        require: refuse to start where Landlock or seccomp is missing, instead of warning.
    """

    limits: ChildLimits = field(default_factory=ChildLimits)
    max_children: int = 4
    queue_wait_s: float = 10.0
    start_s: float = 60.0
    require: bool = False


class Sandbox:
    """Runs tasks in confined children. Thread-safe."""

    def __init__(self, settings: SandboxSettings, preload: Sequence[str]) -> None:
        self._settings = settings
        self._preload = tuple(preload)
        self._slots = Slots(settings.max_children)
        self._lock = threading.Lock()
        self._link: ZygoteLink | None = None
        self._closed = False
        self._forget: Sequence[Callable[[], None]] = ()

    @classmethod
    def start(cls, settings: SandboxSettings, preload: Sequence[str]) -> Self:
        """Start the zygote. Call it before the first gRPC server or channel.

        `preload` names modules ("cv2") and functions to call after loading ("kit.media.tasks:warm_up", with a text as
        in "module:load=/folder"); a task runs only if its module is loaded by them. Raises SandboxUnavailable, and
        InvalidSettings if `require` is not met.
        """
        sandbox = cls(settings, preload)
        try:
            sandbox._connected()
        except _WallMissing as error:
            raise InvalidSettings(error.message, missing=error.details["missing"]) from error
        sandbox._tell()
        return sandbox

    @property
    def degraded(self) -> tuple[str, ...]:
        """Protections that do not hold on this machine: "landlock", "seccomp". Empty where all hold."""
        return self._link.missing if self._link else ()

    @property
    def zygote_pid(self) -> int | None:
        """Process id of the zygote, for whoever watches processes; None before it is started."""
        return self._link.pid if self._link else None

    @property
    def max_result_bytes(self) -> int:
        """Length of the longest answer that a task may give."""
        return self._settings.limits.max_result_bytes

    def run(
        self,
        task: str,
        media: MediaFile,
        arguments: Mapping[str, Json],
        *,
        timeout_s: float | None = None,
        cancel: CancelToken | None = None,
    ) -> SandboxResult:
        """Run `task` ("package.module:function") as function(descriptor, arguments) -> (values, arrays) in a child.

        `timeout_s` is what is left of the caller's budget; the child is killed when it is over (DeadlineExceeded).
        `cancel` ends the call at once, wherever it waits, and kills the child (Cancelled).
        Raises the error that the task raised, DecoderStopped if it broke a limit, Overloaded if no child was free in
        time, SandboxUnavailable if there is no zygote, and Internal for a fault of the task itself.
        """
        ends_at_s = math.inf if timeout_s is None else time.monotonic() + timeout_s
        request = Request(task, arguments)
        with tracing.inner("sandbox", **{"code.function.name": task}), self._slot(ends_at_s, cancel):
            for _ in range(2):  # a decode changes nothing, so one that died with its zygote is simply run again
                with contextlib.suppress(ZygoteDied):
                    return self._connected().run(request, media, ends_at_s, cancel)
        raise SandboxUnavailable("The decode sandbox died twice during this call. Try again in a moment.")

    def close(self) -> None:
        """Stop the zygote and every decode that still runs."""
        with self._lock:
            self._closed = True
            if self._link:
                self._link.close()
        for forget in self._forget:
            forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _tell(self) -> None:
        self._forget = (
            CHILDREN.follow(lambda: {(): self._slots.taken}),
            DEGRADED.follow(lambda: {(): bool(self.degraded)}),
        )

    @contextlib.contextmanager
    def _slot(self, ends_at_s: float, cancel: CancelToken | None) -> Iterator[None]:
        wait_s = min(self._settings.queue_wait_s, ends_at_s - time.monotonic())
        if not self._slots.acquire(max(0.0, wait_s), cancel):
            raise Overloaded(
                "All decoders are busy. Try again in a few seconds.", retry_after_s=self._settings.queue_wait_s
            )
        try:
            yield
        finally:
            self._slots.release()

    def _connected(self) -> ZygoteLink:
        with self._lock:
            if self._closed:
                raise SandboxUnavailable("The decode sandbox was closed: the service is shutting down.")
            if self._link is None or not self._link.alive:
                self._link = self._launch(self._link)
            return self._link

    def _launch(self, dead: ZygoteLink | None) -> ZygoteLink:
        if dead:
            get_logger().warning("decode sandbox died and is started again")
            dead.close()
        link = launch(self._settings.limits, self._preload, self._settings.start_s)
        if link.missing:
            get_logger().warning("decode sandbox is degraded", missing=link.missing)
        if link.missing and self._settings.require:
            link.close()
            raise _WallMissing(
                f"The decode sandbox is required but this machine lacks: {', '.join(link.missing)}. "
                "Enable Landlock and seccomp, install libseccomp2, or do not require the sandbox.",
                missing=", ".join(link.missing),
            )
        return link


class _WallMissing(SandboxUnavailable):
    """A zygote was started without a wall that is required. At the start of the service that is a wrong setting."""
