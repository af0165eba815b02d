"""The walls around a decoder: Landlock for files and network, rlimits for resources, and its life tied to its parent's.

Landlock (Linux 5.13+, landlock.io) is entered once by the zygote after everything is loaded and inherited by every
child; the rlimits and seccomp (kit.media.seccomp) are each child's own. All of it works without privileges, also in
a pod.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from dataclasses import dataclass
from pathlib import Path

import landlockpy

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True)
class ChildLimits:
    """Resources of one decode.

    Attributes:
        wall_s: seconds of wall-clock time.
        cpu_s: whole seconds of processor time.
        memory_bytes: address space on top of what the zygote had loaded.
        max_result_bytes: length of the answer.
    """

    wall_s: float = 20.0
    cpu_s: int = 15
    memory_bytes: int = 2 * 2**30
    max_result_bytes: int = 512 * 2**20


def enter_landlock() -> None:
    """Give up every file right, TCP, and signals to strangers, for this process and all its children, for good.

    Descriptors that are already open keep working. Does nothing where the kernel has no Landlock, or a container forbids it;
    kernels before 6.7 know nothing of TCP, and before 6.12 nothing of signals, which leaves those to seccomp alone.
    """
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    abi = _landlock_abi()
    if abi == 0:
        return
    with landlockpy.Ruleset(scoped=landlockpy.scope_for_abi(abi)) as ruleset:  # handles all rights, allows none
        ruleset.restrict()


def _landlock_abi() -> int:
    try:
        return landlockpy.abi_version()
    except landlockpy.LandlockError:  # whether the wall stands is tried out later, and told
        return 0


def die_with_parent(parent_pid: int) -> None:
    """Tie this process's life to its parent's, in a process group of its own."""
    os.setpgid(0, 0)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:  # it died before the tie was made
        os._exit(1)


def set_resource_limits(limits: ChildLimits, loaded_bytes: int) -> None:
    """Cap processor time, address space, file size, descriptors and processes; no core dumps, no ptrace by peers.

    `loaded_bytes` is the address space that was in use before the decode.
    """
    _prctl(_PR_SET_DUMPABLE, 0)
    # Above the soft limit comes SIGXCPU, which names its reason; SIGKILL at the hard one does not.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))
    for name, value in (
        (resource.RLIMIT_AS, loaded_bytes + limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.max_result_bytes),
        (resource.RLIMIT_NOFILE, 16),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))


def address_space_bytes() -> int:
    """Address space that this process has mapped."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl option {option} was refused")
