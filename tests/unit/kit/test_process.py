from __future__ import annotations

import subprocess
import sys

import pytest

from kit.errors import ModelInvalid
from kit.process import run


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
    def held_kib(*options: str) -> int:
        command = [sys.executable, "-c", _LARGE_BLOCKS_THAT_ARE_FREED, *options]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert held_kib("give back") < held_kib() - 20_000
