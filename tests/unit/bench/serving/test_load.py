from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from bench.serving.load import Material, Protocol, spell
from bench.serving.processes import Tree


class Echo:
    """A server in the client: says the number that it is sent."""

    def __init__(self, _port: int) -> None:
        pass

    def ask(self, request: bytes) -> bytes:
        return request

    def close(self) -> None:
        pass


ECHO = Protocol("echo", Echo, lambda jpeg: jpeg, lambda answer: float(struct.unpack("<f", answer)[0]))
NUMBERS = [0.25, 0.5]
REQUESTS = [struct.pack("<f", number) for number in NUMBERS]


def test_clients_ask_again_until_the_time_is_over_and_the_lead_in_does_not_count() -> None:
    found = spell(0, Tree(os.getpid()), Material(ECHO, REQUESTS, NUMBERS), clients=3, lead_in_s=0.05, window_s=0.1)
    assert found.clients == 3
    assert 0.1 <= found.window_s < 5
    assert found.throughput_hz > 0


def test_a_wrong_answer_ends_the_measurement() -> None:
    with pytest.raises(RuntimeError, match=r"photo 1: the server says 0.5000, the function 0.6000"):
        spell(0, Tree(os.getpid()), Material(ECHO, REQUESTS, [0.25, 0.6]), clients=1, lead_in_s=0.0, window_s=0.05)


def entry(proc: Path, pid: int, children: str, ticks: tuple[int, ...], pss_kb: int) -> None:
    folder = proc / str(pid)
    (folder / "task" / "1").mkdir(parents=True)
    (folder / "task" / "1" / "children").write_text(children)
    fields = ["S", *["0"] * 10, *map(str, ticks), "0"]
    (folder / "stat").write_text(f"{pid} (a (b) c) {' '.join(fields)}")
    (folder / "smaps_rollup").write_text(f"Rss: 9999 kB\nPss: {pss_kb} kB\n")


def test_a_server_is_all_its_processes_and_those_that_have_ended(tmp_path: Path) -> None:
    entry(tmp_path, 10, "11 ", (100, 50, 7, 3), 100)
    entry(tmp_path, 11, "12 13 ", (40, 0, 0, 0), 20)
    entry(tmp_path, 12, "", (200, 0, 0, 0), 3)
    entry(tmp_path, 99, "", (9000, 0, 0, 0), 5000)
    tree = Tree(10, tmp_path)  # 13 has just ended
    assert tree.pids() == [10, 11, 12, 13]
    assert tree.cpu_s() == pytest.approx(400 / os.sysconf("SC_CLK_TCK"))
    assert tree.memory_bytes() == 123 * 1024
