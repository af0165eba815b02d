from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from kit.predictions import Prediction
from monitoring.drift.compare import Report, compare
from monitoring.drift.reference import SHIPPED, make, read
from tests.support.predictions import drawn, usual

REFERENCE = make(usual(1000), {}).media["photo"]
SHIPPED_PHOTOS = read(SHIPPED).media["photo"]


def report_of(window: list[Prediction]) -> Report:
    return compare("photo", REFERENCE, window)


def sentences(report: Report) -> dict[str, str]:
    return {own.what: own.words.sentence for own in report.moved if own.words is not None}


def faceless(own: Prediction) -> Prediction:
    return replace(own, findings={}, abstentions={"face": "NO_FACE"})


def test_other_predictions_of_the_same_kind_have_not_moved() -> None:
    report = report_of(usual(500, seed=2))
    assert (report.moved, report.remark, report.predictions) == ([], "", 500)
    assert {own.what for own in report.quantities} >= {"risk_score", "megapixels", "megabytes", "form", "cue:face"}


def test_smaller_photos_are_told_of_with_medians_and_nothing_else_is() -> None:
    window = [replace(own, megapixels=(own.megapixels or 0) / 7) for own in usual(500, seed=3)]
    [(what, sentence)] = sentences(report_of(window)).items()
    assert what == "megapixels"
    assert re.match(r"Photos have become smaller: median (1\.9|2|2\.0)\d* → 0\.2\d* megapixels \(PSI \d", sentence)


def test_higher_scores_are_told_of() -> None:
    window = [replace(own, risk_score=min(94.0, own.risk_score + 20)) for own in usual(500, seed=4)]
    assert "Scores of photos have moved up" in sentences(report_of(window))["risk_score"]


def test_a_test_that_falls_silent_is_told_of_with_both_shares() -> None:
    window = [faceless(own) if number % 5 < 3 else own for number, own in enumerate(usual(500, seed=5))]
    sentence = sentences(report_of(window))["abstention:face"]
    assert re.match(r"face says NO_FACE on 6\d% of photos, was (9|10|11)% \(PSI ", sentence)


def test_a_test_that_is_not_run_any_more_is_told_of() -> None:
    window = [replace(own, findings={}, abstentions={}) for own in usual(500, seed=6)]
    assert "face was not run on 100% of photos, was 0%" in sentences(report_of(window))["abstention:face"]


def test_a_new_form_is_told_of() -> None:
    window = [replace(own, form="webp") if number % 3 == 0 else own for number, own in enumerate(usual(500, seed=7))]
    assert sentences(report_of(window))["form"].startswith("webp are 33% of photos, was 0%")


def test_an_opinion_that_moves_is_told_of() -> None:
    window = [
        replace(own, findings={cue: ratio + 1.5 for cue, ratio in own.findings.items()}) for own in usual(500, seed=8)
    ]
    assert "What face says of photos has moved towards manipulated: median" in sentences(report_of(window))["cue:face"]


def test_what_comes_in_is_told_before_what_it_led_to() -> None:
    window = [faceless(replace(own, megapixels=0.1, risk_score=50.0)) for own in usual(500, seed=9)]
    found = list(sentences(report_of(window)))
    assert found.index("megapixels") < found.index("abstention:face") < found.index("risk_score")


def test_too_few_predictions_or_no_reference_raise_no_alarm_and_say_so() -> None:
    assert "too few to tell" in compare("photo", REFERENCE, usual(99, megapixels=100.0)).remark
    assert "no videos" in compare("video", None, usual(500, medium="video")).remark


def test_a_test_that_the_reference_does_not_know_is_remarked() -> None:
    window = [replace(own, abstentions={**own.abstentions, "new": "NO_FACE"}) for own in usual(500, seed=10)]
    report = report_of(window)
    assert (report.moved, report.remark) == ([], "the reference does not know new; make a new one")


def test_a_value_that_is_spread_differently_with_equal_quantiles_is_told_of() -> None:
    same = [replace(own, megabytes=(0.5, 1.0, 1.0, 2.0)[number % 4]) for number, own in enumerate(usual(1000))]
    other = [replace(own, megabytes=(0.5, 1.0, 1.5, 2.0)[number % 4]) for number, own in enumerate(usual(500, seed=11))]
    report = compare("photo", make(same, {}).media["photo"], other)
    assert "megabytes" in sentences(report)


@cache
def like_shipped(seed: int) -> list[Prediction]:
    return drawn("photo", SHIPPED_PHOTOS, 500, seed)


def test_500_predictions_like_the_shipped_reference_raise_no_alarm_20_times() -> None:
    assert [compare("photo", SHIPPED_PHOTOS, like_shipped(seed)).moved for seed in range(20)] == [[]] * 20


SHIFTS: dict[str, tuple[str, Any]] = {
    "smaller": ("megapixels", lambda own: replace(own, megapixels=own.megapixels / 9)),
    "compressed": ("megabytes", lambda own: replace(own, megabytes=own.megabytes / 2)),
    "without faces": (
        "abstention:face_spatial",
        lambda own: replace(
            own,
            findings={cue: ratio for cue, ratio in own.findings.items() if cue != "face_spatial"},
            abstentions={**own.abstentions, "face_spatial": "NO_FACE"},
        ),
    ),
    "higher scores": ("risk_score", lambda own: replace(own, risk_score=min(100.0, own.risk_score + 15))),
    "another model": (
        "cue:face_spatial",
        lambda own: replace(own, findings={cue: ratio * 0.4 for cue, ratio in own.findings.items()}),
    ),
}


@pytest.mark.parametrize("shift", SHIFTS)
def test_500_predictions_unlike_the_shipped_reference_raise_the_alarm_20_times(shift: str) -> None:
    what, change = SHIFTS[shift]
    for seed in range(20):
        report = compare("photo", SHIPPED_PHOTOS, [change(own) for own in like_shipped(seed)])
        assert what in {own.what for own in report.moved}


def test_windows_in_which_nothing_changed_hardly_ever_raise_an_alarm() -> None:
    """One in a thousand is promised, over all quantities together; both sides are drawn anew."""
    alarms = 0
    for seed in range(50):
        reference = make(drawn("photo", SHIPPED_PHOTOS, 1000, 2 * seed + 1), {}).media["photo"]
        alarms += bool(compare("photo", reference, drawn("photo", SHIPPED_PHOTOS, 150, 2 * seed)).moved)
    assert alarms == 0
