from __future__ import annotations

from dataclasses import replace

from kit.predictions import Prediction
from monitoring.drift.compare import compare
from monitoring.drift.patterns import PATTERNS, patterns
from monitoring.drift.reference import make
from tests.support.predictions import usual

REFERENCE = make(usual(1000), {}).media["photo"]


def found_in(window: list[Prediction]) -> dict[str, str]:
    return {name: own.sentence for name, own in patterns("photo", REFERENCE, window, 1e-4).items()}


def among_others(planted: list[Prediction], every: int) -> list[Prediction]:
    others = usual(500, seed=2)
    for number, own in enumerate(planted):
        others[number * every] = own
    return others


def variants(count: int, highest: float, lowest: float) -> list[Prediction]:
    step = (highest - lowest) / (count - 1)
    base = replace(usual(1)[0], megabytes=1.234, megapixels=1.5, form="jpeg")
    return [
        replace(base, risk_score=highest - step * number, megabytes=1.234 + 0.002 * (number % 3))
        for number in range(count)
    ]


def test_usual_predictions_have_no_pattern() -> None:
    assert [found_in(usual(500, seed=seed)) for seed in range(2, 22)] == [{}] * 20


def test_variants_whose_scores_creep_below_the_threshold_are_found() -> None:
    found = found_in(among_others(variants(30, 99.0, 80.0), every=15))
    assert list(found) == ["creeping"]
    assert "about 1.2 MB" in found["creeping"]


def test_variants_whose_scores_stay_above_or_rise_are_no_pattern() -> None:
    assert found_in(among_others(variants(30, 99.0, 96.0), every=15)) == {}
    assert found_in(among_others(variants(30, 80.0, 99.0), every=15)) == {}


def test_a_burst_of_inconclusive_is_found_where_as_many_spread_out_are_none() -> None:
    window = usual(500, seed=3, label="AUTHENTIC")
    unsure = [replace(own, label="INCONCLUSIVE") for own in window]
    assert list(found_in(window[:200] + unsure[200:225] + window[225:])) == ["inconclusive"]
    assert found_in([unsure[n] if n % 20 == 0 else own for n, own in enumerate(window)]) == {}


def test_scores_that_crowd_below_a_threshold_are_found() -> None:
    window = usual(500, seed=4)
    below = REFERENCE.thresholds["SUSPICIOUS"] - 1
    crowded = [replace(own, risk_score=below) if number % 5 == 0 else own for number, own in enumerate(window)]
    assert list(found_in(crowded)) == ["crowded"]


def test_patterns_are_alarms_with_names_of_their_own() -> None:
    report = compare("photo", REFERENCE, among_others(variants(30, 99.0, 80.0), every=15))
    assert [own.what for own in report.moved] == ["pattern:creeping"]
    assert {own.what for own in report.quantities} >= {f"pattern:{name}" for name in PATTERNS}


def test_fewer_predictions_than_a_block_hold_no_burst() -> None:
    assert found_in(usual(10)) == {}
