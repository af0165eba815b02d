"""Tasks that misbehave inside the decode sandbox. Each returns what it got away with, unless it is stopped."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kit.errors import RateLimited, UndecodableMedia

Answer = tuple[dict[str, Any], dict[str, Any]]


def attempt(action: Callable[[], object]) -> Answer:
    """The name of the errno that `action` fails with, or "done"."""
    try:
        action()
    except OSError as error:
        return {"outcome": errno.errorcode[error.errno or 0]}, {}
    return {"outcome": "done"}, {}


def echo(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """Well-behaved: the medium's first bytes and the arguments, and an array."""
    values = {"head": os.pread(descriptor, 8, 0).decode(), "arguments": dict(arguments), "pid": os.getpid()}
    return values, {"ramp": np.arange(6, dtype=np.uint16).reshape(2, 3), "nothing": np.zeros((0, 4), np.float32)}


def read_passwords(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return attempt(lambda: os.open("/etc/passwd", os.O_RDONLY))


def write_file(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return attempt(lambda: os.open(arguments["path"], os.O_WRONLY | os.O_CREAT))


def list_root(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return attempt(lambda: os.open("/", os.O_RDONLY | os.O_DIRECTORY))


def change_medium(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return attempt(lambda: os.pwrite(descriptor, b"x", 0))


def make_memory_file(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return attempt(lambda: os.memfd_create("hidden"))


def make_executable_memory(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return attempt(lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC))


def fork_often(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    made = 0
    for _ in range(1000):
        try:
            if os.fork() == 0:
                time.sleep(60)
            made += 1
        except OSError:
            continue
    return {"made": made}, {}


def kill_parent(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return attempt(lambda: os.kill(os.getppid(), signal.SIGKILL))


def kill_everybody(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return attempt(lambda: os.kill(-1, signal.SIGKILL))


def open_socket(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return attempt(lambda: socket.socket())


def execute(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return attempt(lambda: os.execv("/bin/sh", ["sh"]))


def trace_parent(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return {"result": ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0)}, {}


def allocate(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return {"bytes": len(bytearray(arguments["bytes"]))}, {}


def spin(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    while True:
        pass


def sleep(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    time.sleep(arguments["seconds"])
    return {}, {}


def crash(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    ctypes.string_at(0)
    return {}, {}


def leave_silently(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    sys.exit(0)


def overfill(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return {}, {"big": np.zeros(arguments["bytes"], np.uint8)}


def overfill_by_hand(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return attempt(lambda: os.ftruncate(4, arguments["bytes"]))


def open_descriptors(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    found = []
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return {"found": found}, {}


def secrets_in_environment(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    return {"names": sorted(os.environ)}, {}


def report(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    raise UndecodableMedia("No frame could be read.", codec="none")


def report_what_is_not_its_business(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    raise RateLimited("Go away.")


def fail(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    raise ZeroDivisionError("the task has a bug")


def forge(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """Write an answer by hand and leave as if all were well."""
    os.pwrite(4, bytes.fromhex(arguments["bytes"]), 0)
    os._exit(0)


def forget_seccomp() -> None:
    """Preloaded, it makes the zygote find a machine without libseccomp."""
    sys.modules["kit.media.seccomp"] = None  # type: ignore[assignment]


def forget_seccomp_once(path: str) -> None:
    """Preloaded as "...=path", it does the same as soon as there is something at that path."""
    if Path(path).exists():
        forget_seccomp()


def forget_landlock() -> None:
    """Preloaded, it makes the zygote find a kernel without Landlock."""
    import landlockpy

    landlockpy.abi_version = lambda: 0


def forbid_landlock() -> None:
    """Preloaded, it makes the zygote find a container that forbids Landlock, as those do that were made before it."""
    import pyseccomp

    calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    calls.add_rule(pyseccomp.ERRNO(errno.EPERM), "landlock_create_ruleset")
    calls.load()


def fail_to_fork_once() -> None:
    """Preloaded, it makes the zygote's first job find no process left. The fork before that is for trying out the walls."""
    real, outcomes = os.fork, iter([True, False])

    def fork() -> int:
        if next(outcomes, True):
            return real()
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    os.fork = fork


def start_a_thread() -> None:
    """A preload that starts a thread, as some numeric libraries do."""
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


def refuse_to_load() -> None:
    """A preload that fails."""
    raise RuntimeError("this decoder cannot be loaded here")
