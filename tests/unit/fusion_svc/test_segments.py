from __future__ import annotations

import pytest

from fusion_svc.segments import MAX_SEGMENTS, Search, Stretch
from fusion_svc.timeline import timeline
from telltale.common.v1 import evidence_pb2
from tests.support.fusion import TIMED_PARAMETERS, a_span, a_timeline


def search(*evidence: evidence_pb2.Evidence) -> Search:
    found = timeline(evidence, TIMED_PARAMETERS.weights)
    assert found is not None
    return Search(found, TIMED_PARAMETERS.min_evidence)


def course(*parts: tuple[float, float], track_id: int | None = 0, start_s: float = 0.0) -> list[evidence_pb2.TimeSpan]:
    """Spans of these lengths and ratios, one after the other."""
    spans = []
    for length_s, ratio in parts:
        spans.append(a_span(start_s, start_s + length_s, ratio, track_id))
        start_s += length_s
    return spans


def borders(stretch: Stretch) -> tuple[float, float]:
    return round(stretch.start_s, 2), round(stretch.end_s, 2)


def test_the_worst_stretch_says_who_and_when() -> None:
    calm, odd = course((8, -2.0)), course((3.2, -2.0), (1.92, 4.0), (2.88, -2.0), track_id=1)
    worst = search(a_timeline("alpha", *calm, *odd)).worst.stretch
    assert (worst.track_id, borders(worst), worst.log_odds) == (1, (3.2, 5.12), 4.0)


def test_the_whole_picture_has_no_track() -> None:
    worst = search(a_timeline("alpha", *course((2, 1.0), (2, 3.0), track_id=None))).worst
    assert worst.stretch.track_id is None


def test_a_flash_of_strong_evidence_is_averaged_over_a_second() -> None:
    found = search(a_timeline("alpha", *course((4.8, 0.0), (0.32, 7.0), (4.8, 0.0)))).worst
    assert found.ratios["alpha"] == pytest.approx(2.0)


def test_less_than_a_second_is_enough_where_there_is_no_more() -> None:
    assert search(a_timeline("alpha", *course((0.64, 3.0)))).worst.stretch.log_odds == pytest.approx(3.0)


def test_a_glimpse_of_somebody_counts_for_its_share_of_a_second() -> None:
    worst = search(a_timeline("alpha", *course((8, -1.0)), *course((0.32, 7.0), track_id=1))).worst
    assert worst.stretch.track_id == 1
    assert worst.ratios["alpha"] == pytest.approx(2.0)


def test_a_glimpse_of_nothing_does_not_hide_what_was_seen_at_length() -> None:
    worst = search(a_timeline("alpha", *course((8, -2.0)), *course((0.32, -2.5), track_id=1))).worst
    assert worst.stretch.track_id == 0


def test_borders_lie_where_the_log_odds_fall_below_a_share_of_the_peak() -> None:
    found = search(a_timeline("alpha", *course((3, -3.0), (1.6, 4.0), (1.6, 3.0), (3, -3.0)))).worst
    assert borders(found.stretch) == (3.04, 6.24)


@pytest.mark.parametrize(("dip_s", "end_s"), [(0.8, 4.0), (1.6, 1.6)])
def test_only_a_second_against_manipulation_ends_a_stretch(dip_s: float, end_s: float) -> None:
    found = search(a_timeline("alpha", *course((1.6, 4.0), (dip_s, -0.5), (1.6, 3.0), (3, -3.0)))).worst
    assert borders(found.stretch) == (0.0, end_s)


@pytest.mark.parametrize(("gap_s", "end_s"), [(0.32, 3.52), (0.48, 1.6)])
def test_a_stretch_ends_where_nobody_was_looked_at(gap_s: float, end_s: float) -> None:
    spans = [*course((1.6, 4.0)), *course((1.6, 3.0), start_s=1.6 + gap_s)]
    assert borders(search(a_timeline("alpha", *spans)).worst.stretch) == (0.0, end_s)


def test_steps_with_too_little_evidence_are_passed_over() -> None:
    """`gamma` alone weighs less than the least evidence."""
    thin = a_timeline("gamma", *course((8, 1.0)))
    worst = search(thin, a_timeline("alpha", *course((3.2, -2.0)))).worst
    assert borders(worst.stretch) == (0.0, 1.12)
    assert worst.ratios == {"alpha": -2.0, "gamma": 1.0}


def test_thin_evidence_is_followed_where_there_is_no_other() -> None:
    assert search(a_timeline("gamma", *course((8, 4.0)))).worst.stretch.log_odds == pytest.approx(1.0)


def test_a_test_that_looked_at_a_part_of_the_peak_counts_for_that_part() -> None:
    worst = search(a_timeline("alpha", *course((1.12, 3.0))), a_timeline("beta", *course((0.64, 7.0)))).worst
    assert worst.ratios == pytest.approx({"alpha": 3.0, "beta": 4.0})
    assert worst.shares == pytest.approx({"alpha": 1.0, "beta": 4 / 7})


def test_independent_stretches_are_counted_over_all_people() -> None:
    assert search(a_timeline("alpha", *course((12.8, 0.0)), *course((6.4, 0.0), track_id=1))).stretches == 15
    assert search(a_timeline("alpha", *course((0.2, 0.0)))).stretches == 1


def test_all_stretches_that_reach_the_threshold_come_worst_first() -> None:
    one = course((3.2, 2.0), (3.2, -3.0), (1.6, 3.0), (3.2, -3.0))
    found = search(a_timeline("alpha", *one, *course((3.2, 2.5), track_id=1))).at_least(1.0, -0.5)
    assert [(entry.track_id, borders(entry), entry.log_odds) for entry in found] == [
        (0, (6.4, 8.0), 2.5),
        (1, (0.0, 3.2), 2.0),
        (0, (0.0, 3.2), 1.5),
    ]


@pytest.mark.parametrize(("gap_s", "count"), [(0.32, 1), (0.48, 2)])
def test_stretches_of_one_person_that_nearly_touch_are_one(gap_s: float, count: int) -> None:
    spans = [*course((1.6, 3.0)), *course((1.6, 3.0), start_s=1.6 + gap_s)]
    assert len(search(a_timeline("alpha", *spans)).at_least(1.0, 0.0)) == count


def test_stretches_of_two_people_are_never_one() -> None:
    spans = [*course((1.6, 3.0)), *course((1.6, 3.0), start_s=1.6, track_id=1)]
    assert len(search(a_timeline("alpha", *spans)).at_least(1.0, 0.0)) == 2


def test_a_flash_that_would_not_decide_is_not_listed() -> None:
    assert search(a_timeline("alpha", *course((3, 0.0), (0.16, 6.0), (3, 0.0)))).at_least(1.0, 0.0) == []


def test_the_list_has_an_end() -> None:
    spans = [a_span(2 * n, 2 * n + 1.28, 3.0) for n in range(500)]
    assert len(search(a_timeline("alpha", *spans)).at_least(1.0, 0.0)) == MAX_SEGMENTS
