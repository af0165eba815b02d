"""The process that forks decoders: `python -m kit.media.zygote SOCKET PLAN`, started by kit.media.sandbox.

It has one thread and never decodes. It loads the decoders once, gives up files and network, and then forks one child
per job: a message on the control socket brings three descriptors (media, exchange file, job socket); the outcome goes
back on the job socket. A job whose time is up, or whose caller closed the job socket, is killed. When the control
socket closes, everything is.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass

from kit.media.child import ChildPlan, run_child
from kit.media.walls import raise_walls

_MAX_MESSAGE_BYTES = 4096


@dataclass
class _Job:
    pid: int
    exit_watch: int
    caller: socket.socket
    ends_at_s: float
    expired: bool = False
    abandoned: bool = False


class Zygote:
    """Owns the control socket and the running children."""

    def __init__(self, control: socket.socket, plan: ChildPlan) -> None:
        self._control = control
        self._plan = plan
        self._selector = selectors.DefaultSelector()
        self._jobs: dict[int, _Job] = {}

    def serve(self) -> None:
        """Fork on request until the control socket closes, then kill what still runs."""
        self._selector.register(self._control, selectors.EVENT_READ, self._accept)
        while self._control.fileno() >= 0:
            for key, _ in self._selector.select(self._patience_s()):
                key.data()
            self._expire()
        for job in self._jobs.values():
            os.kill(job.pid, signal.SIGKILL)

    def _accept(self) -> None:
        try:
            message, descriptors, _, _ = socket.recv_fds(self._control, _MAX_MESSAGE_BYTES, 3)
        except ConnectionResetError:
            message, descriptors = b"", []
        if not message:
            self._selector.unregister(self._control)
            self._control.close()
            return
        media, exchange, caller = descriptors
        self._start(media, exchange, socket.socket(fileno=caller), json.loads(message)["wall_s"])
        os.close(media)
        os.close(exchange)

    def _start(self, media: int, exchange: int, caller: socket.socket, wall_s: float) -> None:
        zygote_pid = os.getpid()
        try:
            pid = os.fork()
        except OSError:  # the limit of processes is reached: no reason to take the running ones down with us
            _tell(caller, {"code": 0, "expired": False, "unborn": True})
            return
        if pid == 0:
            run_child(self._plan, zygote_pid, media, exchange)
        job = _Job(pid, os.pidfd_open(pid), caller, time.monotonic() + wall_s)
        self._jobs[pid] = job
        self._selector.register(job.exit_watch, selectors.EVENT_READ, lambda: self._finish(job))
        self._selector.register(caller, selectors.EVENT_READ, lambda: self._abandon(job))

    def _abandon(self, job: _Job) -> None:
        if self._jobs.get(job.pid) is job and not job.abandoned:  # it may have finished in the same round
            job.abandoned = True
            self._selector.unregister(job.caller)
            os.kill(job.pid, signal.SIGKILL)

    def _finish(self, job: _Job) -> None:
        _, status = os.waitpid(job.pid, 0)
        del self._jobs[job.pid]
        self._selector.unregister(job.exit_watch)
        os.close(job.exit_watch)
        if not job.abandoned:
            self._selector.unregister(job.caller)
        _tell(job.caller, {"code": os.waitstatus_to_exitcode(status), "expired": job.expired, "unborn": False})

    def _patience_s(self) -> float | None:
        ends_s = [job.ends_at_s for job in self._jobs.values() if not job.expired]
        return max(0.0, min(ends_s) - time.monotonic()) if ends_s else None

    def _expire(self) -> None:
        now_s = time.monotonic()
        for job in self._jobs.values():
            if now_s >= job.ends_at_s and not job.expired:
                job.expired = True
                os.kill(job.pid, signal.SIGKILL)


def _tell(caller: socket.socket, outcome: dict[str, int]) -> None:
    with caller, contextlib.suppress(BrokenPipeError):
        caller.send(json.dumps(outcome).encode())


def main(descriptor: str, plan: str) -> None:
    """Load, raise the walls, tell the parent what holds, serve."""
    with socket.socket(fileno=int(descriptor)) as control:
        child_plan, walls = raise_walls(json.loads(plan))
        control.send(json.dumps(walls).encode())
        Zygote(control, child_plan).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
