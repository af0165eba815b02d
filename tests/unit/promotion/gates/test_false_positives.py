from __future__ import annotations

from pathlib import Path

from promotion.gates.false_positives import false_positive_rate
from promotion.measurements import Measurements
from telltale.model.v1 import card_pb2
from tests.support.promotion import a_card, a_case, items, side

SOURCES = ("cameras", "news")


def accusing(real: int, fake: int, accused: range | list[int]) -> list[float | None]:
    """Ratios that accuse all fakes and these real ones."""
    return [3.0 if number in accused or number >= real else -1.0 for number in range(real + fake)]


def test_what_accuses_the_same_ones_passes_even_where_that_is_many(tmp_path: Path) -> None:
    ratios = accusing(100, 100, range(30))
    gate = false_positive_rate(a_case(tmp_path, Measurements(items(100, 100, SOURCES), side(ratios), side(ratios))))
    assert gate.passed, gate.finding


def test_what_accuses_one_source_is_refused_with_its_name(tmp_path: Path) -> None:
    mostly_news = list(range(1, 40, 2))
    ours, theirs = side(accusing(1000, 100, mostly_news)), side(accusing(1000, 100, []))
    gate = false_positive_rate(a_case(tmp_path, Measurements(items(1000, 100, SOURCES), ours, theirs), margin=0.05))
    assert not gate.passed
    assert "20 of 500 from news, where live accuses 0" in gate.finding
    assert "from cameras" not in gate.finding


def test_a_source_above_the_bound_is_refused_where_nothing_is_live(tmp_path: Path) -> None:
    gate = false_positive_rate(
        a_case(tmp_path, Measurements(items(100, 100, SOURCES), side(accusing(100, 100, range(1, 30, 2))), None))
    )
    assert not gate.passed
    assert "15 of 50 from news, where at most 5% may be" in gate.finding


def test_a_few_more_over_all_are_refused_as_worse(tmp_path: Path) -> None:
    ours, theirs = side(accusing(200, 100, range(4))), side(accusing(200, 100, []))
    gate = false_positive_rate(a_case(tmp_path, Measurements(items(200, 100, SOURCES), ours, theirs)))
    assert not gate.passed
    assert "worse by 0.0200, and the margin is 0.01" in gate.finding


def test_fewer_accusations_pass(tmp_path: Path) -> None:
    ours, theirs = side(accusing(200, 100, range(2))), side(accusing(200, 100, range(9)))
    assert false_positive_rate(a_case(tmp_path, Measurements(items(200, 100), ours, theirs))).passed


def test_items_that_nobody_has_an_opinion_on_make_no_share_look_small(tmp_path: Path) -> None:
    ours: list[float | None] = [None] * 900 + [3.0] * 6 + [-1.0] * 54 + [3.0] * 60
    gate = false_positive_rate(a_case(tmp_path, Measurements(items(960, 60), side(ours), None)))
    assert gate.finding.startswith("nothing is live: accuses 6 of 60 authentic items")
    assert not gate.passed


def test_who_accuses_fewer_of_all_by_a_higher_threshold_is_refused(tmp_path: Path) -> None:
    ratios = accusing(400, 100, [])
    measured = Measurements(items(400, 100), side(ratios, threshold=9.0), side(ratios))
    gate = false_positive_rate(a_case(tmp_path, measured))
    assert gate.finding.endswith(
        "finds 0 of 100 fakes there, live 100: finds 1.0000 fewer of the fakes, and the margin is 0.01"
    )


def test_that_few_items_show_no_false_alarm_does_not_show_that_there_are_none(tmp_path: Path) -> None:
    for real, passed in ((60, False), (400, True)):
        ours, theirs = (side([ratio * factor for ratio in [-1.0] * real + [3.0] * 60]) for factor in (1.1, 1.0))
        gate = false_positive_rate(a_case(tmp_path, Measurements(items(real, 60), ours, theirs)))
        assert gate.passed is passed, gate.finding


def test_the_first_of_a_channel_keeps_what_its_card_promises(tmp_path: Path) -> None:
    card = a_card()
    point = card_pb2.OperatingPoint(name="few", threshold=2, false_positive_rate=0.001, false_positive_rate_upper=0.01)
    card.postprocessing.operating_points.append(point)
    measured = Measurements(items(200, 100), side(accusing(200, 100, range(9))), None)
    gate = false_positive_rate(a_case(tmp_path, measured, card))
    assert gate.finding.endswith("more than its card promises")


def test_too_few_authentic_items_say_nothing(tmp_path: Path) -> None:
    ratios = accusing(20, 100, [])
    gate = false_positive_rate(a_case(tmp_path, Measurements(items(20, 100), side(ratios), side(ratios))))
    assert gate.finding == "too few items to tell: 20 real, and 50 are needed; add items"
