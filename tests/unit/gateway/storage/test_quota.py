"""Room in a store, counted without keeping anybody waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from gateway.storage.quota import MEASURED_FOR_S, Quota
from kit.errors import StorageFull
from tests.support.clock import FakeClock


class Store:
    """What is measured, as slowly as a bucket with many files."""

    def __init__(self) -> None:
        self.bytes = 0
        self.asked, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    def measure(self) -> int:
        self.asked.set()
        assert self.go_on.wait(5)
        return self.bytes


def put(quota: Quota, size_bytes: int) -> None:
    with quota.room_for(size_bytes):
        pass


@contextmanager
def measuring_quota() -> Iterator[Quota]:
    """A quota of ten bytes in which one is stored, while somebody else measures and then stores another."""
    store, clock = Store(), FakeClock()
    quota = Quota(10, store.measure, clock)
    put(quota, 1)
    clock.advance(MEASURED_FOR_S)
    store.asked.clear()
    store.go_on.clear()
    with ThreadPoolExecutor(1) as pool:
        measuring = pool.submit(put, quota, 1)
        assert store.asked.wait(5)
        yield quota
        store.go_on.set()
        measuring.result(5)


def test_while_one_measures_others_store_and_delete() -> None:
    with measuring_quota() as quota:
        put(quota, 5)
        quota.free(1)


def test_what_came_while_others_measured_is_not_forgotten() -> None:
    with measuring_quota() as quota:
        put(quota, 8)
    with pytest.raises(StorageFull):
        put(quota, 2)


def test_who_breaks_off_takes_no_room() -> None:
    quota = Quota(10, Store().measure, FakeClock())
    with pytest.raises(OSError, match="broken"), quota.room_for(10):
        raise OSError("broken")
    put(quota, 10)
