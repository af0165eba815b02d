from __future__ import annotations

import itertools
from collections.abc import Callable

import protovalidate
import pytest

from image_svc.timeline import MAX_SPANS, Moment, joined, regions, spans, worst
from kit.media.spans import Span
from tests.support.image import a_face


def moments(
    until_s: float, ratio: Callable[[float], float] = lambda _: 1.0, *, track_id: int = 0, start_s: float = 0.0
) -> list[Moment]:
    times_s = [start_s + 0.32 * number for number in range(round((until_s - start_s) / 0.32))]
    return [Moment(track_id, time_s, a_face(), ratio(time_s)) for time_s in times_s]


def test_the_worst_stretch_is_found_where_it_is() -> None:
    found = worst(moments(20, lambda time_s: 3.0 if 8 <= time_s < 11 else -2.0))
    assert found.log_likelihood_ratio == pytest.approx(3)
    assert 7.5 < found.span.start_s < found.span.end_s < 11.5


def test_a_single_bad_look_is_no_stretch() -> None:
    found = worst(moments(20, lambda time_s: 6.0 if 8 <= time_s < 8.3 else -2.0))
    assert found.log_likelihood_ratio == pytest.approx((6 - 3 * 2) / 4)


def test_the_worst_person_decides() -> None:
    found = worst(moments(10) + moments(10, lambda _: 2.0, track_id=4))
    assert (found.track_id, found.log_likelihood_ratio) == (4, 2)


def test_somebody_seen_for_a_moment_does_not_outweigh_those_seen_for_longer() -> None:
    found = worst(moments(10) + moments(0.64, lambda _: 5.0, track_id=1))
    assert found.track_id == 0


def test_a_moment_decides_where_there_is_nothing_longer() -> None:
    assert worst(moments(0.64, lambda _: 5.0)).log_likelihood_ratio == 5


def test_a_stretch_does_not_reach_over_a_gap() -> None:
    looks = moments(2.0, lambda _: -1.0) + moments(8, lambda _: 4.0, start_s=6.0)
    found = worst(looks)
    assert found.log_likelihood_ratio == 4
    assert found.span.start_s > 5


def test_each_step_tells_the_mean_of_its_looks() -> None:
    told = spans(moments(1.28, lambda time_s: 2.0 if time_s < 0.6 else -1.0), [Span(0.0, 1.28)])
    assert [span.log_likelihood_ratio for span in told] == pytest.approx([2, -1])
    assert [(span.start.ToMilliseconds(), span.end.ToMilliseconds()) for span in told] == [(0, 640), (640, 1120)]
    for span in told:
        protovalidate.validate(span)


def test_steps_end_with_what_was_examined() -> None:
    looks = [Moment(0, time_s, a_face(), 1.0) for time_s in (0.0, 0.32, 5.0, 5.32, 5.5)]
    told = spans(looks, [Span(0.0, 0.5), Span(5.0, 5.5)])
    assert [(span.start.ToMilliseconds(), span.end.ToMilliseconds()) for span in told] == [(0, 500), (5000, 5500)]


def test_a_long_video_has_longer_steps() -> None:
    long = moments(1400) + moments(1400, track_id=1)
    told = spans(long, [Span(0.0, 1400.0)])
    assert MAX_SPANS // 2 < len(told) <= MAX_SPANS
    assert {span.track_id for span in told} == {0, 1}


def test_more_stretches_than_may_be_told_are_cut_off() -> None:
    looks = [Moment(0, 10.0 * number, a_face(), 1.0) for number in range(1100)]
    assert len(spans(looks, [Span(10.0 * number, 10.0 * number + 1) for number in range(1100)])) == MAX_SPANS


def test_stretches_that_touch_are_one() -> None:
    assert joined([Span(0, 1.28), Span(1.28, 2.56), Span(5, 6.28)]) == [Span(0, 2.56), Span(5, 6.28)]


def test_the_worst_moments_are_pointed_at_and_spread() -> None:
    found = regions(moments(60, lambda time_s: time_s / 10), (400, 400))
    assert len(found) == 12
    assert found[0].time_offset.ToMilliseconds() > 59_000
    times = [region.time_offset.ToMilliseconds() for region in found]
    assert all(first - second >= 1280 for first, second in itertools.pairwise(times))


def test_innocent_moments_are_not_pointed_at() -> None:
    assert regions(moments(10, lambda _: -1.0), (400, 400)) == []
