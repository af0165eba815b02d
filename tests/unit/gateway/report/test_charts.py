from __future__ import annotations

import pytest

from gateway.report.charts import contributions, risk_scale
from gateway.report.drawing import AGAINST, FOR, WIDTH, Bar, Drawing, Words
from telltale.fusion.v1 import verdict_pb2


def a_verdict(*log_odds: float) -> verdict_pb2.Verdict:
    entries = [verdict_pb2.Contribution(cue=f"cue_{number}", log_odds=value) for number, value in enumerate(log_odds)]
    return verdict_pb2.Verdict(label=verdict_pb2.LABEL_SUSPICIOUS, contributions=entries, log_odds=sum(log_odds))


def bars(drawing: Drawing, colour: str) -> list[Bar]:
    return [mark for mark in drawing.marks if isinstance(mark, Bar) and mark.fill == colour]


def texts(drawing: Drawing) -> list[str]:
    return [mark.text for mark in drawing.marks if isinstance(mark, Words)]


def test_what_speaks_for_points_right_and_what_speaks_against_points_left() -> None:
    drawing = contributions(a_verdict(2.0, -1.0))
    right, left = bars(drawing, FOR)[0], bars(drawing, AGAINST)[0]
    assert left.x + left.width == pytest.approx(right.x)
    assert right.width == pytest.approx(2 * left.width)


def test_numbers_stand_beside_the_bars() -> None:
    assert {"+2.00", "−1.00", "+1.00"} <= set(texts(contributions(a_verdict(2.0, -1.0))))


def test_tests_that_add_nothing_share_one_row() -> None:
    names = texts(contributions(a_verdict(2.0, 0.0, 0.001)))
    assert "2 more, next to nothing" in names
    assert "Cue 1" not in names


@pytest.mark.parametrize("values", [(500.0, -500.0), (0.0,), (), tuple([1.0] * 200)])
def test_nothing_leaves_the_paper(values: tuple[float, ...]) -> None:
    drawing = contributions(a_verdict(*values))
    for mark in drawing.marks:
        if isinstance(mark, Bar):
            assert mark.x >= 0
            assert mark.x + mark.width <= WIDTH + 1e-6
            assert mark.y + mark.height <= drawing.height
    assert drawing.height < 700


@pytest.mark.parametrize("risk", [-5.0, 0.0, 50.0, 100.0, 1e9])
def test_the_risk_stays_on_its_scale(risk: float) -> None:
    drawing = risk_scale(verdict_pb2.Verdict(risk_score=risk))
    assert all(0 <= mark.x <= WIDTH for mark in drawing.marks if isinstance(mark, Words | Bar))
