"""Ways out of the decode sandbox: tasks that try one each, and what must become of them.

Each tells by name what the system said: "done", or an errno. Where walls are forgotten on purpose the same tasks get
through, which shows that it is the walls that stop them.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
import signal
import socket
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyseccomp

from tests.support.sandbox_attacks import Answer, attempt

_LIBC = ctypes.CDLL(None, use_errno=True)
_NOBODY = 2**22 - 1  # no process has this id unless the machine allows the most ids there are
_SYSTEM_CALLS: Mapping[str, tuple[Any, ...]] = {
    "bpf": (0, 0, 0),
    "chroot": (b"/nowhere",),
    "eventfd2": (0, 0),
    "inotify_init1": (0,),
    "io_uring_setup": (1, 0),
    "ioctl": (0, 0x5401, 0),
    "keyctl": (0, -2, 1),
    "mount": (b"none", b"/nowhere", b"tmpfs", 0, 0),
    "mprotect": (0, 0, 4),
    "name_to_handle_at": (-100, b"/", 0, 0, 0),
    "perf_event_open": (0, 0, -1, -1, 0),
    "personality": (0xFFFFFFFF,),
    "pidfd_open": (_NOBODY, 0),
    "pivot_root": (b"/nowhere", b"/nowhere"),
    "process_vm_readv": (_NOBODY, 0, 0, 0, 0, 0),
    "process_vm_writev": (_NOBODY, 0, 0, 0, 0, 0),
    "ptrace": (0x4206, _NOBODY, 0, 0),
    "sched_setaffinity": (0, 0, 0),
    "setuid": (os.getuid(),),
    "shmget": (0x7E117A1E, 0, 0),
    "socketpair": (1, 1, 0, 0),
    "tgkill": (_NOBODY, _NOBODY, 0),
    "unshare": (0,),
    "userfaultfd": (0,),
}
"""Calls with arguments that change nothing even where they are allowed."""

_NUMBERS = {name: pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) for name in _SYSTEM_CALLS}


def call_system(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """The system call `name` of the table."""
    name = str(arguments["name"])

    def call() -> None:
        ctypes.set_errno(0)
        if _LIBC.syscall(_NUMBERS[name], *_SYSTEM_CALLS[name]) == -1:
            raise OSError(ctypes.get_errno(), name)

    return attempt(call)


def open_any_socket(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """A socket of the family and type given."""
    return attempt(lambda: socket.socket(arguments["family"], arguments["type"]))


def connect_to(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """A connection to a Unix socket in the abstract name space, which no right to files guards."""
    return attempt(lambda: socket.socket(socket.AF_UNIX).connect("\0" + arguments["name"]))


def read_of_parent(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """An entry of the zygote's in /proc."""
    return attempt(lambda: os.open(f"/proc/{os.getppid()}/{arguments['entry']}", os.O_RDONLY))


def start_thread(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """A thread, by the C library: Python's own tells no reason. Where only the limit of processes holds it, that is EAGAIN."""

    def start() -> None:
        if number := _LIBC.pthread_create(ctypes.byref(ctypes.c_ulong()), None, _LIBC.getpid, None):
            raise OSError(number, "pthread_create")

    return attempt(start)


def raise_limits(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """Other limits of processor time."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    except (ValueError, OSError):
        return {"outcome": "EPERM"}, {}
    return {"outcome": "done"}, {}


def map_much(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """Ten gigabytes that nobody has touched."""
    return attempt(lambda: mmap.mmap(-1, 10 * 2**30))


def hoard(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """Ten gigabytes, a megabyte at a time."""
    return {"kept": len([bytearray(2**20) for _ in range(10_240)])}, {}


def write_everywhere(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """Numbers of the descriptors, the answer's aside, that take a byte and are not the null device."""
    null = os.makedev(1, 3)
    taken = []
    for number in range(1024):
        try:
            if number != 4 and os.write(number, b"!") == 1 and not _is_device(number, null):
                taken.append(number)
        except OSError:
            continue
    return {"taken": taken}, {}


def _is_device(descriptor: int, device: int) -> bool:
    found = os.fstat(descriptor)
    return stat.S_ISCHR(found.st_mode) and found.st_rdev == device


def ignore_and_spin(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """An endless loop that ignores the signal at the end of its time."""
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True:
        pass


def fork_few(descriptor: int, arguments: Mapping[str, Any]) -> Answer:
    """A process that ends at once."""

    def fork() -> None:
        if os.fork() == 0:
            os._exit(0)

    return attempt(fork)


@dataclass(frozen=True)
class Escape:
    """One way out.

    Attributes:
        task: the function that tries it.
        arguments: of the function.
        outcome: what it must be told; None: it must be killed for a system call.
    """

    task: Callable[[int, Mapping[str, Any]], Answer]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    outcome: str | None = "EPERM"


_KILLED = ("bpf", "io_uring_setup", "process_vm_readv", "process_vm_writev", "ptrace")
_SOCKETS = {
    "tcp": (socket.AF_INET, socket.SOCK_STREAM),
    "tcp over ipv6": (socket.AF_INET6, socket.SOCK_STREAM),
    "udp": (socket.AF_INET, socket.SOCK_DGRAM),
    "unix": (socket.AF_UNIX, socket.SOCK_STREAM),
    "netlink": (socket.AF_NETLINK, socket.SOCK_RAW),
}
LISTENER = f"telltale-{os.getpid()}"
"""Name of a socket in the abstract name space that the tests listen on."""

ESCAPES: Mapping[str, Escape] = {
    **{name: Escape(call_system, {"name": name}, None if name in _KILLED else "EPERM") for name in _SYSTEM_CALLS},
    **{
        f"socket: {name}": Escape(open_any_socket, {"family": int(family), "type": int(kind)}, None)
        for name, (family, kind) in _SOCKETS.items()
    },
    "socket: abstract": Escape(connect_to, {"name": LISTENER}, None),
    **{
        f"parent's {entry}": Escape(read_of_parent, {"entry": entry})
        for entry in ("environ", "maps", "mem", "fd", "status", "cmdline")
    },
    "thread": Escape(start_thread),
    "process": Escape(fork_few),
    "limits": Escape(raise_limits),
    "ten gigabytes": Escape(map_much, outcome="ENOMEM"),
}
"""Every way out that is tried in each kind of child."""
