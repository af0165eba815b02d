from __future__ import annotations

import threading
import time

from gateway.jobs.bell import Bell


def test_a_ring_ends_the_waiting_and_an_interval_too() -> None:
    bell = Bell()
    bell.ring()
    assert not bell.wait(600.0)
    assert not bell.wait(0.001)


def test_rings_that_come_together_are_one_look() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    bell.wait(600.0)
    began_s = time.monotonic()
    bell.wait(0.05)
    assert time.monotonic() - began_s >= 0.05


def test_looks_keep_a_distance_however_often_somebody_rings() -> None:
    bell, began_s = Bell(), time.monotonic()
    for _ in range(4):
        bell.ring()
        bell.wait(600.0)
    assert time.monotonic() - began_s >= 3 * 0.03


def test_the_end_is_told_at_once_to_who_waits() -> None:
    bell = Bell()
    ends: list[bool] = []
    thread = threading.Thread(target=lambda: ends.append(bell.wait(600.0)))
    thread.start()
    bell.set()
    thread.join(10)
    assert ends == [True]
