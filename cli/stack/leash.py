"""Becomes another program that dies with its parent: `python -m cli.stack.leash PARENT_PID COMMAND…`.

The kernel sends SIGTERM when the parent is gone, even when it was killed with -9 and could not say goodbye. This is a program
of its own because code between fork and exec (`preexec_fn`) is not safe in a process that has gRPC threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Ties this process to its parent, then executes the command."""
    parent_pid, *command = arguments
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    # The parent may have died before the line above; then nobody would ever send the signal.
    if os.getppid() != int(parent_pid):
        sys.exit("the parent is gone already")
    os.execvp(command[0], command)  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main(sys.argv[1:])
