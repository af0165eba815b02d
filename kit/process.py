"""How the process of a service begins and, when it cannot, ends."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

from kit.errors import TelltaleError

# Numbers of glibc's mallopt(3).
_TRIM_THRESHOLD, _ARENA_MAX = -1, -8
_TRIM_BYTES = 128 * 2**10


def give_memory_back() -> None:
    """Makes the C allocator return what is freed, for processes that live for months and see messages of megabytes.

    glibc gives threads heaps of their own and never shrinks them in the middle, and after the first large block that is freed it
    cuts large blocks out of them, too. Elsewhere than on glibc nothing is done.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        mallopt(_TRIM_THRESHOLD, _TRIM_BYTES)


def run(main: Callable[[], None]) -> None:
    """Runs a composition root. An error of ours at start is one line on standard error and exit code 1, no traceback."""
    try:
        main()
    except TelltaleError as error:
        sys.exit(f"{error.reason_name()}: {error.message}")
