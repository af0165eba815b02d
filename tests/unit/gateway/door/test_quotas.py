"""Bytes and seconds of a token, and when there is room again."""

from __future__ import annotations

import pytest

from gateway.door.counters import open_counters
from gateway.door.quotas import Window, WindowQuotas, open_quotas
from kit.errors import InvalidSettings, QuotaExceeded

DAY_S = 86_400


def quotas(size: str = "100/day", playing_time: str = "60/hour") -> WindowQuotas:
    return open_quotas(open_counters("async+memory://"), size, playing_time)


async def test_bytes_are_counted_up_to_the_quota_and_what_is_refused_is_not() -> None:
    counted = quotas()
    await counted.charge_bytes("t1", 60)
    with pytest.raises(QuotaExceeded):
        await counted.charge_bytes("t1", 41)
    await counted.charge_bytes("t1", 40)
    assert await counted.byte_room("t1", 0) == 0


async def test_each_token_has_a_quota_of_its_own() -> None:
    counted = quotas()
    await counted.charge_bytes("t1", 100)
    assert await counted.byte_room("t2", 100) == 100


async def test_bytes_and_seconds_do_not_meet() -> None:
    counted = quotas(size="60/hour")
    await counted.charge_bytes("t1", 60)
    await counted.charge_media("t1", 60)


async def test_begun_seconds_count_whole_and_stills_not_at_all() -> None:
    counted = quotas(playing_time="2/hour")
    await counted.charge_media("t1", 0.0)
    await counted.charge_media("t1", 1.01)
    with pytest.raises(QuotaExceeded, match="seconds of video and sound"):
        await counted.charge_media("t1", 0.1)


async def test_a_refusal_says_when_there_is_room_again() -> None:
    counted = quotas()
    await counted.charge_bytes("t1", 100)
    with pytest.raises(QuotaExceeded) as refused:
        await counted.byte_room("t1", 50)
    assert refused.value.retry_after_s is not None
    assert DAY_S / 2 <= refused.value.retry_after_s <= DAY_S * 3 / 2


async def test_a_file_above_the_whole_quota_is_never_asked_again() -> None:
    with pytest.raises(QuotaExceeded, match="more than this token's whole quota") as refused:
        await quotas().charge_bytes("t1", 101)
    assert refused.value.retry_after_s is None


@pytest.mark.parametrize(
    ("window", "cost", "pause_s"),
    [
        (Window(100, before=0, before_left_s=0, now=10, now_left_s=50), 90, 0),
        (Window(100, before=100, before_left_s=50, now=0, now_left_s=50), 60, 10),
        (Window(100, before=100, before_left_s=50, now=0, now_left_s=50), 100, 50),
        (Window(100, before=0, before_left_s=0, now=100, now_left_s=50), 25, 75),
        (Window(100, before=50, before_left_s=50, now=100, now_left_s=50), 100, 150),
    ],
)
def test_the_pause_is_as_long_as_it_takes(window: Window, cost: int, pause_s: float) -> None:
    assert window.pause_s(cost, 100) == pytest.approx(pause_s)


@pytest.mark.parametrize("url", ["memory://", "async+nothing://", "redis://:secret@host"])
def test_counters_that_cannot_be_used_are_refused_without_telling_a_password(url: str) -> None:
    with pytest.raises(InvalidSettings, match="rate_storage_url") as refused:
        open_counters(url)
    assert "secret" not in refused.value.message
