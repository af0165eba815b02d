from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from cli.stack.process import ChildProcess, describe_exit, last_lines
from tests.support.processes import program

STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); ready.touch()\nwhile True: time.sleep(60)"
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "cli.stack.leash", str(os.getpid()), sys.executable, "-c",
    "import time; print('up', flush=True); time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


async def test_a_process_that_ignores_sigterm_is_killed_after_its_grace(tmp_path: Path) -> None:
    child = await ChildProcess.start(program("stubborn", tmp_path, STUBBORN), tmp_path / "log")
    assert await child.ready(20)
    await child.stop(grace_s=0.1)
    assert child.exit_code == -signal.SIGKILL


async def test_what_a_process_started_is_killed_with_it(tmp_path: Path) -> None:
    code = "import subprocess\nready.write_text(str(subprocess.Popen(['sleep', '60']).pid))\ntime.sleep(60)"
    child = await ChildProcess.start(program("parent", tmp_path, code), tmp_path / "log")
    assert await child.ready(20)
    grandchild = os.pidfd_open(int((tmp_path / "parent.ready").read_text()))
    await child.stop(grace_s=5)
    assert has_ended(grandchild)


def test_a_child_ends_when_its_parent_is_killed_without_a_goodbye() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        lines = {parent.stdout.readline().strip(), parent.stdout.readline().strip()}
        child = os.pidfd_open(int((lines - {"up"}).pop()))
        parent.kill()
    assert has_ended(child)


def test_the_end_of_a_log_is_indented(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("one\ntwo\nthree\n")
    assert last_lines(tmp_path / "log", count=2) == "    two\n    three\n"


def test_a_missing_log_has_no_lines(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "log") == ""


def test_exits_are_told_in_words() -> None:
    assert (describe_exit(2), describe_exit(-9)) == ("ended with exit code 2", "was killed by SIGKILL")


def has_ended(pidfd: int) -> bool:
    """A process descriptor becomes readable when its process ends, whoever reaps it."""
    try:
        return bool(select.select([pidfd], [], [], 10)[0])
    finally:
        os.close(pidfd)
