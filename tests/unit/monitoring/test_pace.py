from __future__ import annotations

import subprocess
import sys


def run(code: str) -> list[str]:
    program = f"import os, signal, time; from monitoring.pace import ending, rounds\n{code}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, timeout=60)
    return done.stdout.split()


def test_the_first_round_is_at_once_and_the_next_after_the_interval() -> None:
    code = """
start = time.monotonic()
for number, _ in enumerate(rounds(0.3)):
    print(time.monotonic() - start)
    if number == 2: os.kill(os.getpid(), signal.SIGTERM)
"""
    first, second, third = map(float, run(code))
    assert first < 0.2
    assert second - first >= 0.29
    assert third - second >= 0.29


def test_a_round_at_work_is_finished_and_can_see_that_the_end_was_asked_for() -> None:
    code = """
for _ in rounds(60):
    before = ending()
    os.kill(os.getpid(), signal.SIGINT)
    print(before, ending(), "finished")
print("end")
"""
    assert run(code) == ["False", "True", "finished", "end"]
