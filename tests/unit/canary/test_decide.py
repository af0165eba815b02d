from __future__ import annotations

import pytest

from canary.decide import Golden, decide, decide_golden
from tests.support.canary import figures, policy

NOTHING = figures(0)
# Twelve classes of log-odds and one for no opinion.
LOW, HIGH = (0, 0, 40, 40, 20, 0, 0, 0, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, 0, 20, 40, 40, 0, 0, 0, 0)


def test_a_version_that_is_as_good_goes_on_when_the_step_is_over() -> None:
    assert decide(policy(), figures(100), figures(30), 9.0).move == "wait"
    assert decide(policy(), figures(100), figures(30), 10.0).move == "go on"


def test_nothing_is_ever_promoted_on_no_data() -> None:
    waiting = decide(policy(), NOTHING, NOTHING, 59.0)
    ended = decide(policy(), NOTHING, NOTHING, 60.0)
    assert (waiting.move, ended.move) == ("wait", "roll back")
    assert ended.why == "not told within 60 s: calls: the canary has answered 0, and 20 are needed"


def test_too_few_calls_are_waited_for_and_then_rolled_back() -> None:
    assert decide(policy(), figures(100), figures(19), 30.0).move == "wait"
    assert decide(policy(), figures(100), figures(19), 60.0).move == "roll back"
    assert decide(policy(), figures(100), figures(20), 30.0).move == "go on"


def test_without_a_stable_version_to_hold_it_against_it_waits() -> None:
    decision = decide(policy(), figures(3), figures(500), 30.0)
    assert (decision.move, decision.why) == ("wait", "calls: the stable version has answered 3, and 20 are needed")


def test_errors_are_rolled_back_at_once_and_told_with_numbers() -> None:
    decision = decide(policy(), figures(200), figures(5, errors=5), 2.0)
    assert decision.move == "roll back"
    assert decision.why == "error rate: 5 of 10 calls (50.0%), stable 0 of 200 (0.0%), allowed 1.0%"


def test_one_error_among_few_calls_is_not_told_yet() -> None:
    assert decide(policy(), figures(200), figures(24, errors=1), 30.0).move == "wait"
    assert decide(policy(), figures(200), figures(24, errors=1), 60.0).move == "roll back"
    assert decide(policy(), figures(200), figures(200, errors=1), 30.0).move == "go on"


def test_what_suddenly_refuses_its_callers_is_rolled_back_although_that_is_no_error() -> None:
    decision = decide(policy(), figures(198, refusals=2), figures(10, refusals=10), 5.0)
    assert decision.move == "roll back"
    assert decision.why.startswith("refusal rate: 10 of 20 calls")


def test_a_slow_version_is_rolled_back() -> None:
    decision = decide(policy(), figures(200), figures(20, ms=400), 5.0)
    assert decision.move == "roll back"
    assert decision.why.startswith("p99: ")


def test_one_slow_call_is_chance() -> None:
    assert decide(policy(), figures(200), figures(30, slow=1), 20.0).move == "wait"
    assert decide(policy(), figures(2000), figures(300, slow=1), 20.0).move == "go on"


def test_a_few_milliseconds_are_nothing_that_anybody_waits_for() -> None:
    assert decide(policy(), figures(200, ms=2), figures(100, ms=8), 20.0).move == "go on"


def test_a_third_longer_is_allowed_and_half_is_not() -> None:
    assert decide(policy(), figures(200, ms=1000), figures(100, ms=1250), 20.0).move == "go on"
    assert decide(policy(), figures(200, ms=1000), figures(100, ms=1500), 20.0).move == "roll back"


def test_where_the_stable_version_is_bad_a_good_one_may_take_its_place() -> None:
    assert decide(policy(), figures(100, errors=100), figures(100), 20.0).move == "go on"


def test_where_both_are_bad_nobody_is_promoted() -> None:
    waiting = decide(policy(), figures(100, errors=100), figures(100, errors=100), 20.0)
    ended = decide(policy(), figures(100, errors=100), figures(100, errors=100), 60.0)
    assert (waiting.move, ended.move) == ("wait", "roll back")
    assert "error rate at all: 100 of 200 calls (50.0%), allowed 5.0%" in ended.why


def test_findings_that_lie_elsewhere_are_rolled_back() -> None:
    stable, canary = figures(100, findings={"face_spatial": LOW}), figures(100, findings={"face_spatial": HIGH})
    decision = decide(policy(), stable, canary, 5.0)
    assert decision.move == "roll back"
    assert decision.why.startswith("findings of face_spatial: PSI ")
    assert decide(policy(), stable, stable, 20.0).move == "go on"


def test_few_findings_that_lie_elsewhere_may_be_chance() -> None:
    few, other = (0,) * 4 + (3,) + (0,) * 8, (0,) * 6 + (3,) + (0,) * 6
    stable, canary = figures(100, findings={"cue": few}), figures(100, findings={"cue": other})
    assert decide(policy(), stable, canary, 20.0).move == "wait"


def test_a_version_that_has_no_opinion_any_more_is_rolled_back() -> None:
    silent = (0,) * 12 + (100,)
    stable, canary = figures(100, findings={"cue": LOW}), figures(100, findings={"cue": silent})
    assert decide(policy(), stable, canary, 5.0).move == "roll back"


GOOD = Golden((0.95, 0.95), (0.1, 0.1), 0.0, 10, 10)


@pytest.mark.parametrize(
    ("golden", "bound"),
    [
        (Golden((0.95, 0.93), (0.1, 0.1), 0.0, 10, 10), "golden AUC"),
        (Golden((0.95, 0.95), (0.1, 0.2), 0.0, 10, 10), "golden false positive rate"),
        (Golden((0.95, 0.95), (0.1, 0.1), 0.2, 10, 10), "disagreement"),
        (Golden((0.95, 0.95), (0.1, 0.1), 0.0, 10, 4), "golden set"),
        (Golden((0.95, 0.95), (0.1, 0.1), 0.0, 10, 10, failure="a.jpg: INTERNAL: no"), "golden set"),
    ],
)
def test_a_bound_of_the_golden_set_that_is_broken_is_named(golden: Golden, bound: str) -> None:
    decision = decide_golden(policy(), golden)
    assert decision.move == "roll back"
    assert decision.why.startswith(f"{bound}: ")


def test_who_judges_the_golden_set_as_well_goes_on() -> None:
    assert decide_golden(policy(), GOOD).move == "go on"
    assert decide_golden(policy(), Golden((0.95, 0.99), (0.1, 0.0), 0.05, 10, 10)).move == "go on"
