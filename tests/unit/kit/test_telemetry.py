"""Metrics, read at a real port."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from kit.errors import InvalidSettings
from kit.telemetry import Counter, Gauge, Histogram, exposition, served


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def scraped(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def test_what_was_counted_can_be_read_at_a_port() -> None:
    things, level, work = (
        Counter("test_things", "Things.", "kind"),
        Gauge("test_level", "A level."),
        Histogram("test_work_seconds", "Work."),
    )
    things.add(2, kind="small")
    level.set(7)
    work.observe(0.3)
    port = free_port()
    with served("127.0.0.1", port):
        text = scraped(port)
    assert {'test_things_total{kind="small"} 2.0', "test_level 7.0", 'test_work_seconds_bucket{le="0.5"} 1.0'} <= set(
        text.splitlines()
    )


def test_nobody_can_read_it_when_the_context_has_ended() -> None:
    port = free_port()
    with served("127.0.0.1", port):
        pass
    with pytest.raises(OSError, match="refused"):
        scraped(port)


def test_a_port_that_is_taken_stops_the_start() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InvalidSettings, match="Choose another port"), served("127.0.0.1", taken.getsockname()[1]):
            pass


def test_port_0_serves_nothing() -> None:
    with served("256.256.256.256", 0):
        assert "process_cpu_seconds_total" in exposition()


def test_classes_of_what_is_no_duration_have_edges_of_their_own() -> None:
    Histogram("test_far", "How far.", "cue", edges=(0.1, 1.0)).observe(0.5, cue="face")
    assert 'test_far_bucket{cue="face",le="0.1"} 0.0' in exposition()
    assert 'test_far_bucket{cue="face",le="1.0"} 1.0' in exposition()
