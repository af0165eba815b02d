"""The budget on variants of one picture, with real counters in memory."""

from __future__ import annotations

import random

import pytest

from gateway.door.counters import open_counters
from gateway.probing.resemblance import BandedDuplicates, Resemblance, open_near_duplicates
from kit.errors import TooManyNearDuplicates

PICTURE = 0x0123456789ABCDEF


def duplicates(budget: str = "5/hour") -> BandedDuplicates:
    return open_near_duplicates(open_counters("async+memory://"), budget, b"k" * 32)


async def send(counted: BandedDuplicates, likenesses: list[int | None], token_id: str = "alice") -> list[Resemblance]:
    """Each as a file of its own bytes."""
    return [await counted.count(token_id, f"{token_id} {number}", each) for number, each in enumerate(likenesses)]


def variant(picture: int, flips: int, chance: random.Random) -> int:
    for place in chance.sample(range(64), flips):
        picture ^= 1 << place
    return picture


async def test_variants_are_counted_and_too_many_are_refused() -> None:
    counted = duplicates()
    assert [found.alike for found in await send(counted, [PICTURE] * 5)] == [0, 1, 2, 3, 4]
    with pytest.raises(TooManyNearDuplicates, match="5 files much like this one") as refused:
        await counted.count("alice", "another", PICTURE)
    assert refused.value.retry_after_s == pytest.approx(3600, abs=60)


async def test_what_differs_in_a_few_bits_is_a_variant() -> None:
    chance, counted = random.Random(0), duplicates("60/hour")
    found = await send(counted, [variant(PICTURE, 2, chance) for _ in range(30)])
    assert found[-1].alike >= 20


async def test_different_pictures_are_not() -> None:
    chance, counted = random.Random(0), duplicates("60/hour")
    found = await send(counted, [chance.getrandbits(64) for _ in range(300)])
    assert max(each.alike for each in found) <= 1


async def test_a_series_with_the_very_same_look_is_told_apart() -> None:
    found = await send(duplicates("60/hour"), [PICTURE, PICTURE, PICTURE ^ 1])
    assert [each.same for each in found] == [0, 1, 0]


async def test_the_same_bytes_count_once() -> None:
    counted = duplicates("2/hour")
    for _ in range(10):
        await counted.count("alice", "the same", PICTURE)
    assert (await counted.count("alice", "others", PICTURE)).alike == 1


async def test_what_was_refused_is_refused_again() -> None:
    counted = duplicates("1/hour")
    await counted.count("alice", "one", PICTURE)
    for _ in range(2):
        with pytest.raises(TooManyNearDuplicates):
            await counted.count("alice", "two", PICTURE)


async def test_tokens_have_budgets_of_their_own() -> None:
    counted = duplicates("1/hour")
    await counted.count("alice", "one", PICTURE)
    assert (await counted.count("bob", "two", PICTURE)).alike == 0


async def test_what_has_no_hash_is_not_counted() -> None:
    assert await send(duplicates("1/hour"), [None] * 5) == [Resemblance()] * 5


async def test_no_counter_tells_token_digest_or_hash() -> None:
    counters = open_counters("async+memory://")
    await open_near_duplicates(counters, "5/hour", b"k" * 32).count("alice", "d1ge57", PICTURE)
    names = " ".join(counters.events)  # type: ignore[attr-defined]  # of the storage in memory
    assert names
    assert not any(word in names for word in ("alice", "d1ge57", str(PICTURE), f"{PICTURE:x}"))
