"""Metrics, read at a real port."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from kit.errors import InvalidSettings
from kit.telemetry import Counter, Gauge, Histogram, Reading, announce, definitions, exposition, served


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


def test_what_is_only_so_now_is_asked_when_it_is_read() -> None:
    asked: list[int] = []

    def look() -> dict[tuple[str, ...], float]:
        asked.append(1)
        return {("left",): 2, ("right",): 3}

    crowd = Reading("test_crowd", "Who is here.", "side")
    forget_first, forget_second = crowd.follow(look), crowd.follow(lambda: {("left",): 0.5})
    assert asked == []
    assert {'test_crowd{side="left"} 2.5', 'test_crowd{side="right"} 3.0'} <= set(exposition().splitlines())
    forget_first()
    assert 'test_crowd{side="left"} 0.5' in exposition().splitlines()
    forget_second()
    assert "test_crowd{" not in exposition()
    assert asked == [1]


def test_a_gauge_goes_up_and_down() -> None:
    level = Gauge("test_lift", "Where it is.")
    level.add(3)
    level.add(-1)
    assert "test_lift 2.0" in exposition()


def test_a_process_says_what_it_is() -> None:
    announce("some_svc")
    assert 'telltale_build_info{service="some-svc"' in exposition()


def test_what_can_be_counted_is_known_before_it_is() -> None:
    Counter("test_never", "Never.", "why")
    Histogram("test_below", "Below zero, too.", edges=(-1.0, 1.0))
    known = {each.name: each for each in definitions()}
    assert (known["test_never_total"].kind, known["test_never_total"].labels) == ("counter", ("why",))
    assert known["test_below"].edges == (-1.0, 1.0)
