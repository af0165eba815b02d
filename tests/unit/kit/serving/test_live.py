from __future__ import annotations

import threading

import pytest

from kit.serving.live import Live


def live(value: str = "old") -> tuple[Live[str], list[str]]:
    freed: list[str] = []
    return Live(value, freed.append), freed


def test_a_lease_keeps_what_it_began_with() -> None:
    held, freed = live()
    with held.lease() as value:
        held.swap("new")
        assert (value, held.value, freed) == ("old", "new", [])
    assert freed == ["old"]


def test_what_nobody_holds_is_freed_at_once() -> None:
    held, freed = live()
    held.swap("new")
    assert freed == ["old"]


def test_it_is_freed_once_when_the_last_of_several_leases_ends() -> None:
    held, freed = live()
    with held.lease():
        with held.lease():
            held.swap("new")
        assert freed == []
    assert freed == ["old"]


def test_a_lease_of_the_new_value_does_not_hold_the_old_one() -> None:
    held, freed = live()
    held.swap("new")
    with held.lease():
        assert freed == ["old"]
        held.swap("newest")
        assert freed == ["old"]
    assert freed == ["old", "new"]


def test_a_call_that_fails_gives_its_lease_back() -> None:
    held, freed = live()

    def fail() -> None:
        with held.lease():
            held.swap("new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (freed, held.leases) == (["old"], 0)


def test_closing_frees_when_the_last_lease_ends() -> None:
    held, freed = live()
    with held.lease():
        held.close()
        assert freed == []
    assert freed == ["old"]


class Value:
    """Knows whether it may still be used."""

    def __init__(self) -> None:
        self.freed = 0


def test_under_many_threads_nothing_is_freed_while_it_is_used_and_everything_is_freed_once() -> None:
    values = [Value() for _ in range(300)]
    held = Live(values[0], lambda value: setattr(value, "freed", value.freed + 1))
    used_after_free, stop = [], threading.Event()

    def use() -> None:
        while not stop.is_set():
            with held.lease() as value:
                used_after_free.extend([value] if value.freed else [])

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for value in values[1:]:
        held.swap(value)
    stop.set()
    for thread in threads:
        thread.join()
    assert used_after_free == []
    assert [value.freed for value in values] == [1] * 299 + [0]
    assert held.leases == 0
