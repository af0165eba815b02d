"""The parent's end of one zygote: start it, hand it jobs, make of each outcome an answer or an error."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kit.errors import DeadlineExceeded, SandboxUnavailable, TelltaleError
from kit.media.cancel import CancelToken
from kit.media.confinement import ChildLimits
from kit.media.exchange import Array, Json, Request, read_answer, write_request
from kit.media.file import MediaFile
from kit.media.metrics import count_done, count_failed
from kit.media.outcome import stopped, timed_out, values_of

_GRACE_S = 5.0  # a zygote that has not answered this long after the job's end hangs
_MAX_MESSAGE_BYTES = 4096


@dataclass(frozen=True)
class SandboxResult:
    """What a task answered: JSON values, unchecked, and read-only arrays whose dtypes and shapes were checked."""

    values: Mapping[str, Json]
    arrays: Mapping[str, Array]


class ZygoteDied(Exception):
    """The zygote went away before the outcome of a job was known. Never leaves kit.media."""


class ZygoteLink:
    """One live zygote. Thread-safe: every job has a socket of its own.

    Attributes:
        missing: protections that do not hold on this machine.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], control: socket.socket, limits: ChildLimits, missing: tuple[str, ...]
    ) -> None:
        self._process = process
        self._control = control
        self._limits = limits
        self.missing = missing

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def run(
        self, request: Request, media: MediaFile, ends_at_s: float, cancel: CancelToken | None = None
    ) -> SandboxResult:
        """Run one job; `ends_at_s` is the caller's deadline on the monotonic clock. Raises ZygoteDied, see Sandbox."""
        try:
            result = self._result(request, media, ends_at_s, cancel)
        except SandboxUnavailable:
            raise  # There was no child.
        except TelltaleError as error:
            count_failed(error)
            raise
        count_done()
        return result

    def _result(
        self, request: Request, media: MediaFile, ends_at_s: float, cancel: CancelToken | None
    ) -> SandboxResult:
        left_s = ends_at_s - time.monotonic()
        wall_s = min(self._limits.wall_s, left_s)
        with contextlib.ExitStack() as stack:
            exchange = write_request(request)
            stack.callback(os.close, exchange)
            outcome = self._submit(media, exchange, max(0.0, wall_s), cancel)
            if outcome["unborn"]:
                raise SandboxUnavailable(
                    "There is no process left for a decoder: a limit of processes is reached. Try again in a moment."
                )
            if outcome["expired"]:
                raise timed_out(wall_s) if wall_s < left_s else _deadline_passed()
            if outcome["code"] != 0:
                raise stopped(outcome["code"])
            answer = read_answer(exchange, self._limits.max_result_bytes)
        return SandboxResult(values_of(answer), answer.arrays)

    def close(self) -> None:
        """Stop the zygote, and with it every child."""
        self._control.close()
        self._process.kill()
        self._process.wait()

    def _submit(self, media: MediaFile, exchange: int, wall_s: float, cancel: CancelToken | None) -> dict[str, int]:
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with mine, contextlib.ExitStack() as stack:
            with theirs:
                descriptor = media.reopen()
                stack.callback(os.close, descriptor)
                self._send(json.dumps({"wall_s": wall_s}).encode(), [descriptor, exchange, theirs.fileno()])
            mine.settimeout(wall_s + _GRACE_S)
            if cancel:
                # The waiting thread sees the end of the stream, and so does the zygote, which kills the child.
                stack.callback(cancel.on_cancel(lambda: _hang_up(mine)))
            return self._receive(mine, cancel)

    def _send(self, message: bytes, descriptors: list[int]) -> None:
        try:
            socket.send_fds(self._control, [message], descriptors)
        except OSError as error:
            self._process.kill()
            self._process.wait()
            raise ZygoteDied from error

    def _receive(self, mine: socket.socket, cancel: CancelToken | None) -> dict[str, int]:
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            if message := mine.recv(_MAX_MESSAGE_BYTES):
                outcome: dict[str, int] = json.loads(message)
                return outcome
        if cancel:
            cancel.raise_if_cancelled()
        self._process.kill()
        self._process.wait()
        raise ZygoteDied


def launch(limits: ChildLimits, preload: Sequence[str], start_s: float) -> ZygoteLink:
    """Start a zygote and wait until it has loaded the decoders. Raises SandboxUnavailable."""
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = _spawn(theirs, json.dumps({"limits": dataclasses.asdict(limits), "preload": list(preload)}))
    mine.settimeout(start_s)
    walls = b""
    with contextlib.suppress(TimeoutError, ConnectionResetError):
        walls = mine.recv(_MAX_MESSAGE_BYTES)
    if not walls:
        mine.close()
        with contextlib.suppress(subprocess.TimeoutExpired):  # it may be writing down why
            process.wait(_GRACE_S)
        process.kill()
        process.wait()
        raise SandboxUnavailable("The decode sandbox did not start. The process's standard error says why.")
    mine.settimeout(None)
    return ZygoteLink(process, mine, limits, tuple(json.loads(walls)["missing"]))


def _spawn(control: socket.socket, plan: str) -> subprocess.Popen[bytes]:
    # The environment is written anew: the parent's may hold secrets, and a decoder can read its own memory.
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    return subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
        [sys.executable, "-m", "kit.media.zygote", str(control.fileno()), plan],
        pass_fds=[control.fileno()],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in a terminal must reach the service first, which drains
    )


def _hang_up(job: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the zygote went away first
        job.shutdown(socket.SHUT_RDWR)


def _deadline_passed() -> DeadlineExceeded:
    return DeadlineExceeded("The time budget ran out while the file was decoded. Ask again with a longer deadline.")
