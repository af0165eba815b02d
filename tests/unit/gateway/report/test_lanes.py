from __future__ import annotations

import pytest

from gateway.report.drawing import AGAINST, FOR, INK, MUTED, WIDTH, Bar, Words
from gateway.report.lanes import LEFT, timeline
from tests.support.reports import a_report, a_video_report, finding


def test_each_person_has_lanes_of_their_own() -> None:
    report = a_video_report()
    drawing = timeline(report.analysis, report.judged.evidence)
    assert drawing is not None
    names = [mark.text for mark in drawing.marks if isinstance(mark, Words)]
    assert names[:4] == ["Looked at", "Person 1", "Frequency spectrum", "Person 2"]


@pytest.mark.parametrize(("weight", "colour"), [(0.0, MUTED), (0.5, INK)])
def test_a_test_that_does_not_count_is_named_in_grey(weight: float, colour: str) -> None:
    report = a_video_report()
    report.analysis.verdict.contributions[0].weight = weight
    drawing = timeline(report.analysis, report.judged.evidence)
    assert drawing is not None
    names = [mark for mark in drawing.marks if isinstance(mark, Words) and mark.text == "Frequency spectrum"]
    assert {mark.colour for mark in names} == {colour}


def test_a_stretch_lies_where_its_time_is_and_the_stronger_is_the_darker() -> None:
    report = a_video_report()
    drawing = timeline(report.analysis, report.judged.evidence)
    assert drawing is not None
    [red] = [mark for mark in drawing.marks if isinstance(mark, Bar) and mark.fill == FOR and mark.opacity == 1.0]
    assert red.x == LEFT + (WIDTH - LEFT) * 4 / 20
    assert red.width == (WIDTH - LEFT) * 4 / 20
    faint = [mark.opacity for mark in drawing.marks if isinstance(mark, Bar) and mark.fill == AGAINST]
    assert faint
    assert max(faint) < 0.5


def test_a_photo_has_no_course() -> None:
    report = a_report()
    assert timeline(report.analysis, report.judged.evidence) is None


def test_a_crowd_does_not_outgrow_a_page() -> None:
    report = a_video_report()
    crowd = finding(spans=[(0, 4, 1.0, track) for track in range(60)])
    drawing = timeline(report.analysis, [crowd])
    assert drawing is not None
    assert drawing.height < 500
    assert any("more in the JSON report" in mark.text for mark in drawing.marks if isinstance(mark, Words))
