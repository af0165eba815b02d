"""What a caller wishes reaches the networks without being handed on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from kit.batching.wish import Priority, Wish, carried, current_wish, wishing


def test_nothing_is_wished_by_itself() -> None:
    assert current_wish() == Wish(None, None, Priority.INTERACTIVE)


def test_a_wish_holds_until_its_context_ends() -> None:
    with wishing(Wish(deadline_s=1.0)):
        with wishing(Wish(deadline_s=2.0)):
            assert current_wish().deadline_s == 2.0
        assert current_wish().deadline_s == 1.0
    assert current_wish() == Wish()


def test_a_wish_stays_in_its_thread_unless_work_carries_it() -> None:
    with ThreadPoolExecutor(1) as pool, wishing(Wish(deadline_s=1.0)):
        assert pool.submit(current_wish).result() == Wish()
        assert pool.submit(carried(current_wish)).result() == Wish(deadline_s=1.0)
        assert pool.submit(current_wish).result() == Wish()
