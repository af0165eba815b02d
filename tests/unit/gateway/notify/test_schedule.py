from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from gateway.notify.schedule import FIRST_PAUSE_S, LONGEST_PAUSE_S, pause_s, wished_pause_s

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_pauses_grow_from_seconds_to_an_hour_and_differ() -> None:
    chance = random.Random(1)
    pauses = [[pause_s(attempts, chance) for _ in range(50)] for attempts in range(1, 40)]
    assert all(FIRST_PAUSE_S <= pause <= LONGEST_PAUSE_S for each in pauses for pause in each)
    assert [max(each) for each in pauses[:8]] == sorted(max(each) for each in pauses[:8])
    assert min(pauses[-1]) >= LONGEST_PAUSE_S / 2
    assert all(len(set(each)) == 50 for each in pauses)


@pytest.mark.parametrize(
    ("header", "wished_s"),
    [("120", 120), ("0", 0), ("Thu, 01 Jan 2026 00:10:00 GMT", 600), ("Wed, 31 Dec 2025 00:00:00 GMT", 0)],
)
def test_retry_after_is_seconds_or_a_date(header: str, wished_s: float) -> None:
    assert wished_pause_s(header, NOW) == wished_s


@pytest.mark.parametrize(
    "header",
    [
        "",
        "-5",
        "soon",
        "1.5",
        "9" * 5000,
        "٣",
        "Thu, 01 Jan 2026 00:10:00",
        "Thu, 99 Jan",
        "Thu, 01 Jan 9999999999 00:00:00 GMT",
    ],
)
def test_what_cannot_be_read_wishes_nothing(header: str) -> None:
    assert wished_pause_s(header, NOW) == 0
