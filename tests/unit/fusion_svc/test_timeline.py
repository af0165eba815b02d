from __future__ import annotations

import pytest

from fusion_svc.timeline import MAX_CELLS, MAX_STEPS, STEP_S, PersonGrid, Timeline, timeline
from telltale.common.v1 import evidence_pb2
from tests.support.fusion import SOUND_PARAMETERS, TIMED_PARAMETERS, a_finding, a_span, a_timeline

WEIGHTS = TIMED_PARAMETERS.weights
FOREVER_S = 315_576_000_000.0


def grids(*evidence: evidence_pb2.Evidence) -> Timeline:
    found = timeline(evidence, WEIGHTS)
    assert found is not None
    return found


def person(found: Timeline, track_id: int | None) -> PersonGrid:
    return next(grid for grid in found.people if grid.track_id == track_id)


def test_a_step_holds_the_mean_of_the_spans_over_its_middle() -> None:
    found = grids(a_timeline("alpha", a_span(0, 0.64, 1.0), a_span(0.32, 0.96, 3.0)))
    assert found.step_s == STEP_S
    assert person(found, 0).ratios.tolist() == [[1.0, 1.0, 2.0, 2.0, 3.0, 3.0]]


def test_a_span_shorter_than_a_step_still_counts() -> None:
    grid = person(grids(a_timeline("alpha", a_span(0.50, 0.52, 4.0))), 0)
    assert (grid.first, grid.ratios.tolist()) == (3, [[4.0]])


def test_every_person_has_a_timeline_that_begins_where_they_are_first_looked_at() -> None:
    found = grids(a_timeline("alpha", a_span(0, 0.32, 1.0, 0), a_span(1.60, 1.92, 2.0, 1)))
    assert [(grid.track_id, grid.first) for grid in found.people] == [(0, 0), (1, 10)]


def test_a_span_without_a_track_counts_for_everybody_while_they_are_there() -> None:
    found = grids(a_timeline("alpha", a_span(0.32, 0.64, 1.0, 0)), a_timeline("beta", a_span(0, 0.96, 2.0, None)))
    assert person(found, 0).ratios.tolist() == [[1.0, 1.0], [2.0, 2.0]]


def test_steps_where_nobody_is_belong_to_the_whole_picture() -> None:
    found = grids(a_timeline("alpha", a_span(0.32, 0.64, 1.0, 0)), a_timeline("beta", a_span(0, 0.96, 2.0, None)))
    assert person(found, None).examined.tolist() == [True, True, False, False, True, True]


def test_the_whole_picture_is_nobody_where_somebody_is_all_the_time() -> None:
    found = grids(a_timeline("alpha", a_span(0, 0.96, 1.0, 0)), a_timeline("beta", a_span(0, 0.96, 2.0, None)))
    assert [grid.track_id for grid in found.people] == [0]


def test_seconds_looked_at_count_once_however_many_people_there_are() -> None:
    found = grids(a_timeline("alpha", a_span(0, 3.2, 1.0, 0), a_span(1.6, 4.8, 1.0, 1), a_span(8, 9.6, 1.0, 1)))
    assert found.examined_s(heard=False) == pytest.approx(6.4)


def test_seconds_listened_to_are_counted_for_themselves() -> None:
    evidence = [a_timeline("alpha", a_span(0, 3.2, 1.0, 0)), a_timeline("voice_spoof", a_span(0, 9.6, 1.0, None))]
    found = timeline(evidence, SOUND_PARAMETERS.weights)
    assert found is not None
    assert found.examined_s(heard=True) == pytest.approx(9.6)
    assert found.examined_s(heard=False) == pytest.approx(3.2)


@pytest.mark.parametrize(
    "entry",
    [
        a_finding("alpha", 3.0),
        a_timeline("alpha", a_span(0, 2, 3.0), quality=0.0),
        a_timeline("never_heard_of", a_span(0, 2, 3.0)),
        a_timeline("alpha", a_span(2, 1, 3.0), a_span(1, 1, 3.0), a_span(-3, -1, 3.0)),
    ],
)
def test_what_has_no_span_of_any_weight_and_length_has_no_timeline(entry: evidence_pb2.Evidence) -> None:
    assert timeline([entry], WEIGHTS) is None


def test_what_begins_before_the_media_begins_with_them() -> None:
    assert person(grids(a_timeline("alpha", a_span(-5, 0.32, 1.0))), 0).ratios.tolist() == [[1.0, 1.0]]


def test_a_span_says_no_more_than_a_test_may() -> None:
    assert person(grids(a_timeline("alpha", a_span(0, 0.16, 1e308))), 0).ratios.tolist() == [[20.0]]


def test_a_long_video_gets_coarser_steps() -> None:
    found = grids(a_timeline("alpha", a_span(0, 2, 1.0), a_span(7200, 7202, 1.0)))
    assert found.step_s == 0.16 * 8
    assert 7202 / found.step_s <= MAX_STEPS


def test_spans_without_end_cost_no_more_than_others() -> None:
    spans = [a_span(0, FOREVER_S, 1.0, track) for track in range(1024)]
    found = grids(*(a_timeline(cue, *spans) for cue in ("alpha", "beta", "gamma")))
    assert sum(grid.ratios.size for grid in found.people) <= MAX_CELLS


def test_a_full_load_of_overlapping_spans_is_averaged() -> None:
    spans = [a_span(0, 1.6, ratio % 3, None) for ratio in range(1024)]
    grid = person(grids(a_timeline("alpha", *spans)), None)
    assert grid.ratios[0] == pytest.approx([1023 / 1024] * 10)
