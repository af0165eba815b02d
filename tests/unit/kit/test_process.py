from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from kit.errors import ModelInvalid
from kit.process import lower_priority_of_thread, run


def test_an_error_at_start_is_one_sentence_and_a_bad_exit() -> None:
    def main() -> None:
        raise ModelInvalid("no model thing in models")

    with pytest.raises(SystemExit, match=r"^MODEL_INVALID: no model thing in models$"):
        run(main)


def test_a_bug_at_start_keeps_its_traceback() -> None:
    def main() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(main)


_BUSY = """
import os, signal
from kit.process import run
def somewhere() -> None:
    os.kill(os.getpid(), signal.SIGUSR1)
run(somewhere)
"""


def test_a_process_says_where_it_is_and_goes_on() -> None:
    done = subprocess.run([sys.executable, "-c", _BUSY], capture_output=True, text=True, check=True)
    assert "in somewhere" in done.stderr


def _told(program: str, *options: str) -> int:
    command = [sys.executable, "-c", program, *options]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


# After the first large block that is freed, glibc cuts others out of its heap, where a small one behind them keeps them.
_LARGE_BLOCKS_THAT_ARE_FREED = """
import sys
from pathlib import Path
from kit.process import give_memory_back
if sys.argv[1:]: give_memory_back()
del (first := [bytearray(8 * 2**20)])[0]
large = [[bytearray(2**20), bytearray(700)] for _ in range(50)]
for pair in large: del pair[0]
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")))
"""


def test_freed_memory_is_given_back() -> None:
    assert _told(_LARGE_BLOCKS_THAT_ARE_FREED, "give back") < _told(_LARGE_BLOCKS_THAT_ARE_FREED) - 20_000


# Each thread frees what it has taken and stays; with a heap each, the next thread cannot use what the one before has freed.
_THREADS_ONE_AFTER_ANOTHER = """
import sys, threading
from pathlib import Path
from kit.process import share_one_heap
if sys.argv[1:]: share_one_heap()
done = threading.Event()
def work(ready):
    pairs = [[bytearray(20_000), bytearray(700)] for _ in range(500)]
    for pair in pairs: del pair[0]
    ready.set()
    done.wait()
for _ in range(6):
    threading.Thread(target=work, args=(ready := threading.Event(),)).start()
    ready.wait()
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")))
done.set()
"""


def test_threads_that_share_one_heap_use_what_others_have_freed() -> None:
    assert _told(_THREADS_ONE_AFTER_ANOTHER, "one heap") < _told(_THREADS_ONE_AFTER_ANOTHER) - 20_000


# The last small block keeps the end of the heap, so what is free lies in its middle.
_FREE_IN_THE_MIDDLE = """
import sys
from pathlib import Path
from kit.process import give_freed_memory_back
blocks = [bytearray(20_000) for _ in range(3_000)]
last = bytearray(20_000)
del blocks
if sys.argv[1:]: give_freed_memory_back()
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")))
"""


def test_what_is_free_in_the_middle_of_the_heap_is_given_back_when_asked() -> None:
    assert _told(_FREE_IN_THE_MIDDLE, "give back") < _told(_FREE_IN_THE_MIDDLE) - 20_000


def test_a_thread_of_low_priority_leaves_the_others_as_they_are() -> None:
    found: list[int] = []

    def work() -> None:
        lower_priority_of_thread()
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    thread = threading.Thread(target=work)
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    thread.start()
    thread.join()
    assert found == [max(before, 10)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


_CALLS_THAT_TAKE_AND_FREE = """
import resource, sys
from kit.process import keep_freed_memory
if sys.argv[1:]: keep_freed_memory()
def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def call(): return len([b"x" * (6 * 2**20) for _ in range(4)])
call(), call()
before = faults()
for _ in range(5): call()
print(faults() - before)
"""


def test_memory_that_is_kept_is_not_taken_from_the_kernel_page_by_page_again() -> None:
    assert _told(_CALLS_THAT_TAKE_AND_FREE) > 5_000
    assert _told(_CALLS_THAT_TAKE_AND_FREE, "keep") < 100
