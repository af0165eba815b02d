"""Pointers that are gone, junk, or believed no more, and how a channel goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest

from kit.errors import ModelInvalid, ModelUntrusted
from kit.registry.channels import Channels, Memory, Wish
from kit.registry.layout import pointer_key
from kit.registry.store import Store
from kit.registry.trust import Trust
from tests.support.registry import Town


def test_a_pointer_that_was_taken_away_is_noticed(town: Town) -> None:
    first, second = town.published("1.0.0"), town.published("1.1.0")
    town.offer(first)
    town.offer(second, after=1)
    assert town.channels.current("dev", "thing") is not None
    del town.files.content[pointer_key("dev", "thing", 2)]
    with pytest.raises(ModelUntrusted, match="was there and is gone"):
        town.channels.current("dev", "thing")


class Slow:
    """A store that lists what is there, and then lets others act before it answers."""

    def __init__(self, store: Store, meanwhile: Callable[[], object]) -> None:
        self._store = store
        self._meanwhile = meanwhile

    def keys(self, prefix: str) -> Sequence[str]:
        found = self._store.keys(prefix)
        self._meanwhile()
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_who_looked_while_others_pointed_does_not_take_it_for_a_theft(town: Town) -> None:
    first, second = town.published("1.0.0"), town.published("1.1.0")
    town.offer(first)
    memory, turns = Memory(), iter([True])
    others = Channels(town.store, town.trust, town.clock, memory)

    def others_point() -> None:
        if next(turns, False):
            others.point(Wish("dev", second, 1), town.bob)
            others.current("dev", "thing")

    slow = Channels(cast("Store", Slow(town.store, others_point)), town.trust, town.clock, memory)
    found = slow.current("dev", "thing")
    assert found is not None
    assert found.release == first


@pytest.mark.parametrize("junk", [b"junk", b"{}"])
def test_a_file_of_junk_stops_a_channel_until_somebody_rolls_back(town: Town, junk: bytes) -> None:
    first, second = town.published("1.0.0"), town.published("1.1.0")
    town.offer(first, "production")
    town.files.content[pointer_key("production", "thing", 2)] = junk
    with pytest.raises((ModelInvalid, ModelUntrusted)):
        town.channels.current("production", "thing")
    told = town.channels.history("production", "thing")
    assert [bool(offer.refusal) for offer in told] == [False, True]
    assert (told[1].record.pointer.sequence, told[1].signed_by) == (2, "nobody")
    back = town.channels.point(Wish("production", first, 2, rollback=True, reason="junk"), town.bob)
    assert town.channels.current("production", "thing") == back
    assert town.offer(second, "production", after=3).sequence == 4


def test_a_way_back_is_open_as_long_as_one_offer_of_it_is_believed(town: Town) -> None:
    first, second = town.published("1.0.0"), town.published("1.1.0")
    town.offer(first)
    town.channels.point(Wish("dev", second, 1), town.ann)
    town.channels.point(Wish("dev", first, 2), town.bob)
    town.channels.point(Wish("dev", second, 3), town.ann)
    ann_alone = Trust({town.ann.key_id: town.trust.keys[town.ann.key_id]})
    later = Channels(town.store, ann_alone, town.clock)
    assert later.point(Wish("dev", first, 4, rollback=True, reason="slow"), town.ann).release == first
