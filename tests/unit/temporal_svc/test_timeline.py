from __future__ import annotations

import numpy as np
import pytest

from kit.convert.times import seconds
from temporal_svc.timeline import MAX_SPANS, people, seen_s, spans, worst
from tests.support.temporal import a_moment

HOP_S = 0.64


def test_a_single_bad_clip_is_outvoted_by_its_neighbours() -> None:
    row = [a_moment(HOP_S * index, ratio) for index, ratio in enumerate([-1, -1, 3, -1, -1, 1, 1, 1, -1])]
    moment, ratio = worst(row)
    assert ratio == pytest.approx(1)
    assert moment.start_s == pytest.approx(6 * HOP_S)


def test_people_do_not_outvote_each_other() -> None:
    calm = [a_moment(HOP_S * index, -2, track_id=0) for index in range(5)]
    forged = [a_moment(HOP_S * index, 2, track_id=4) for index in range(5)]
    moment, ratio = worst([*calm, *forged])
    assert (moment.track_id, ratio) == (4, 2)


def test_clips_of_other_stretches_are_no_neighbours() -> None:
    moment, ratio = worst([a_moment(0, -3), a_moment(5, 2), a_moment(10, -3)])
    assert (moment.start_s, ratio) == (5, 2)


def test_the_order_of_the_moments_does_not_matter() -> None:
    row = [a_moment(HOP_S * index, np.sin(index), track_id=index % 2) for index in range(20)]
    assert worst(row) == worst(row[::-1])


def test_every_clip_has_a_span_of_its_person() -> None:
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


def test_seconds_that_clips_share_count_once() -> None:
    assert seen_s([a_moment(0), a_moment(HOP_S), a_moment(HOP_S, track_id=1)]) == pytest.approx(1.92)
    assert seen_s([a_moment(0), a_moment(10)]) == pytest.approx(2.56)


def test_each_person_s_moments_come_in_order_of_time() -> None:
    late, early, other = a_moment(3), a_moment(1), a_moment(2, track_id=7)
    assert people([late, other, early]) == [[early, late], [other]]
