"""How the process of a service begins and, when it cannot, ends."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable

from kit.errors import TelltaleError

# Numbers of glibc's mallopt(3).
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_TRIM_BYTES = 128 * 2**10
# More than a few calls have of pixels and tensors at a time; the other is the most that glibc takes.
_KEPT_BYTES, _LARGE_BYTES = 64 * 2**20, 32 * 2**20
# Nice value: next to a thread of 0 it gets about a tenth of a core.
_LOW_PRIORITY = 10


def share_one_heap() -> None:
    """Makes all threads allocate from one heap, where glibc would give each a heap of its own. To be called before threads begin.

    What one thread frees, another can use then. With heaps of their own, a service whose networks run in several threads holds
    more and goes on growing under load. Elsewhere than on glibc nothing is done.
    """
    _mallopt(_ARENA_MAX, 1)


def give_memory_back() -> None:
    """Makes the C allocator return what is freed, for processes that live for months and see messages of megabytes.

    glibc never shrinks its heap in the middle, and after the first large block that is freed it cuts large blocks out of it, too.
    Not for services with networks, which take and free large blocks all the time. Elsewhere than on glibc nothing is done.
    """
    _mallopt(_TRIM_THRESHOLD, _TRIM_BYTES)


def keep_freed_memory() -> None:
    """Makes the C allocator keep some of what is freed for the next call, for services with networks.

    Else the kernel takes the pixels and tensors of every call back, and hands out, zeroed page by page, the same again.
    `give_freed_memory_back` still returns all of it. Elsewhere than on glibc nothing is done.
    """
    _mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
    _mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)


def give_freed_memory_back() -> None:
    """Has the C allocator return what is free now, also in the middle of its heap. Elsewhere than on glibc nothing is done."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def lower_priority_of_thread() -> None:
    """Has this thread, and those that it starts, yield to all others. It cannot be taken back. On Linux alone."""
    thread = threading.get_native_id()
    os.setpriority(os.PRIO_PROCESS, thread, max(os.getpriority(os.PRIO_PROCESS, thread), _LOW_PRIORITY))


def run(main: Callable[[], None]) -> None:
    """Runs a composition root. An error of ours at start is one line on standard error and exit code 1, no traceback.

    At SIGUSR1 the process writes to standard error where each of its threads is, and goes on: for one that hangs or burns.
    """
    share_one_heap()
    faulthandler.register(signal.SIGUSR1, file=sys.__stderr__ or sys.stderr)
    try:
        main()
    except TelltaleError as error:
        sys.exit(f"{error.reason_name()}: {error.message}")


def _mallopt(parameter: int, value: int) -> None:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(parameter, value)
