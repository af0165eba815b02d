from __future__ import annotations

import numpy as np
import pytest

from kit.convert.moments import MAX_SPANS, Moment, people, seen_s, spans, worst
from kit.convert.times import seconds

LENGTH_S, HOP_S = 1.28, 0.64


def a_moment(start_s: float, ratio: float = 0.0, *, track_id: int | None = 0) -> Moment:
    return Moment(track_id, start_s, start_s + LENGTH_S, ratio)


def test_a_single_bad_moment_is_outvoted_by_its_neighbours() -> None:
    row = [a_moment(HOP_S * index, ratio) for index, ratio in enumerate([-1, -1, 3, -1, -1, 1, 1, 1, -1])]
    moment, ratio = worst(row, HOP_S)
    assert ratio == pytest.approx(1)
    assert moment.start_s == pytest.approx(6 * HOP_S)


def test_people_do_not_outvote_each_other() -> None:
    calm = [a_moment(HOP_S * index, -2, track_id=0) for index in range(5)]
    forged = [a_moment(HOP_S * index, 2, track_id=4) for index in range(5)]
    moment, ratio = worst([*calm, *forged], HOP_S)
    assert (moment.track_id, ratio) == (4, 2)


def test_moments_of_other_stretches_are_no_neighbours() -> None:
    moment, ratio = worst([a_moment(0, -3), a_moment(5, 2), a_moment(10, -3)], HOP_S)
    assert (moment.start_s, ratio) == (5, 2)


def test_the_order_of_the_moments_does_not_matter() -> None:
    row = [a_moment(HOP_S * index, np.sin(index), track_id=index % 2) for index in range(20)]
    assert worst(row, HOP_S) == worst(row[::-1], HOP_S)


def test_every_moment_has_a_span_of_its_person() -> None:
    first, second = spans([a_moment(0.5, -1.5, track_id=1), a_moment(0, 1.0, track_id=0)])
    assert (first.track_id, seconds(first.start), seconds(first.end), first.log_likelihood_ratio) == (0, 0, 1.28, 1)
    assert (second.track_id, seconds(second.start), seconds(second.end)) == (1, 0.5, 1.78)


def test_neighbours_share_a_span_where_there_are_too_many() -> None:
    row = [a_moment(HOP_S * index, index % 2, track_id=person) for person in range(5) for index in range(601)]
    found = spans(row)
    assert len(found) <= MAX_SPANS
    assert {span.track_id for span in found} == set(range(5))
    assert seconds(found[0].end) - seconds(found[0].start) == pytest.approx(1.28 + 2 * HOP_S)
    assert found[0].log_likelihood_ratio == pytest.approx(1 / 3)


def test_seconds_that_moments_share_count_once() -> None:
    assert seen_s([a_moment(0), a_moment(HOP_S), a_moment(HOP_S, track_id=1)]) == pytest.approx(1.92)
    assert seen_s([a_moment(0), a_moment(10)]) == pytest.approx(2.56)


def test_each_person_s_moments_come_in_order_of_time() -> None:
    late, early, other = a_moment(3), a_moment(1), a_moment(2, track_id=7)
    assert people([late, other, early]) == [[early, late], [other]]


def test_how_far_neighbours_lie_apart_is_for_the_test_to_say() -> None:
    row = [a_moment(1.5 * index, ratio) for index, ratio in enumerate([0, 3, 0, 1, 2])]
    assert worst(row, 1.5)[1] == pytest.approx(1.5)
    assert worst(row, HOP_S)[1] == 3


def test_moments_of_the_sound_are_of_nobody() -> None:
    sound, person = a_moment(1, 2.0, track_id=None), a_moment(0, -1.0, track_id=0)
    assert people([person, sound]) == [[sound], [person]]
    first, second = spans([person, sound])
    assert (first.HasField("track_id"), second.HasField("track_id")) == (False, True)
    assert worst([sound, person], HOP_S) == (sound, 2.0)
