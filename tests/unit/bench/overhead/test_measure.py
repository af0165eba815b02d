from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from bench.overhead.measure import Latency, measure
from bench.overhead.report import IN_PROCESS, REST, overhead, write


def test_percentiles_are_those_of_single_calls() -> None:
    latency = Latency.of("door", 1, [float(value) for value in range(1, 102)])
    assert (latency.p50_ms, latency.p90_ms, latency.p99_ms, latency.calls) == (51, 91, 100, 101)


def test_doors_take_turns_and_the_first_turn_is_not_measured() -> None:
    order: list[str] = []
    doors = {"a": lambda _: order.append("a"), "b": lambda _: order.append("b")}
    latencies = measure(doors, b"", clients=1, calls=4, rounds=2)
    assert "".join(order) == "aabbaabbaabb"
    assert [latency.calls for latency in latencies] == [4, 4]


def test_as_many_clients_as_asked_for_call_at_once() -> None:
    together = threading.Barrier(3, timeout=10)
    [latency] = measure({"a": lambda _: together.wait()}, b"", clients=3, calls=6, rounds=1)
    assert latency.clients == 3


def test_overhead_is_the_share_that_serving_adds() -> None:
    latencies = [Latency(IN_PROCESS, 1, 9, 100, 0, 0), Latency(REST, 1, 9, 120, 0, 0), Latency(REST, 8, 9, 900, 0, 0)]
    assert overhead(latencies, clients=1) == pytest.approx(0.2)


def test_the_numbers_are_written_for_programs(tmp_path: Path) -> None:
    latencies = [Latency(IN_PROCESS, 1, 9, 100, 0, 0), Latency(REST, 1, 9, 150, 0, 0)]
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"12345")
    write(latencies, photo, tmp_path / "out" / "overhead.json")
    document = json.loads((tmp_path / "out" / "overhead.json").read_text())
    assert (document["photo"]["size_bytes"], document["p50_overhead"]) == (5, {"1": 0.5})
