from __future__ import annotations

import protovalidate
import pytest

from av_sync_svc.soundtrack import MAX_STRETCHES, joined, soundtrack_of
from kit.convert.times import seconds
from kit.media.spans import Span
from tests.support.av_sync import a_hearing, a_piece


def test_a_soundtrack_tells_what_there_is_to_hear() -> None:
    soundtrack = soundtrack_of(a_hearing(6, Span(1, 2), Span(3, 5.5)))
    protovalidate.validate(soundtrack)
    assert (seconds(soundtrack.duration), soundtrack.codec) == (6, "mp3")
    assert (soundtrack.sample_rate_hz, soundtrack.channels) == (44_100, 2)
    assert [(seconds(each.start), seconds(each.end)) for each in soundtrack.speech] == [(1, 2), (3, 5.5)]
    assert [(seconds(each.start), seconds(each.end)) for each in soundtrack.examined] == [(0, 6)]
    log_mel = soundtrack.log_mel
    assert len(log_mel.values) == log_mel.columns * log_mel.bands > 0


def test_pieces_that_touch_are_one_stretch() -> None:
    hearing = a_hearing(60, pieces=[a_piece(5, 0), a_piece(5, 5), a_piece(5, 20)])
    examined = soundtrack_of(hearing).examined
    assert [(seconds(each.start), seconds(each.end)) for each in examined] == [(0, 10), (20, 25)]


def test_nothing_stays_nothing() -> None:
    assert joined([]) == []


@pytest.mark.parametrize("count", [MAX_STRETCHES - 1, MAX_STRETCHES])
def test_as_many_stretches_as_the_contract_allows_stay_as_they_are(count: int) -> None:
    spans = [Span(number, number + 0.5) for number in range(count)]
    assert joined(spans) == spans


def test_of_too_many_stretches_the_nearest_are_joined() -> None:
    spans = [Span(number, number + (0.9 if number == 7 else 0.5)) for number in range(MAX_STRETCHES + 1)]
    found = joined(spans)
    assert len(found) == MAX_STRETCHES
    assert found[7] == Span(7, 8.5)


def test_the_contract_holds_for_an_hour_of_short_words() -> None:
    words = [Span(0.4 * number, 0.4 * number + 0.25) for number in range(9000)]
    assert len(joined(words)) <= MAX_STRETCHES
