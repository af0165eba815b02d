from __future__ import annotations

from fusion_svc.catalogue import catalogue_for
from fusion_svc.fuse import Balance, weigh
from fusion_svc.policy import risk_score
from fusion_svc.shares import machine_values, risk_of_the_rest, sentence
from tests.support.fusion import PARAMETERS, TIMED_PARAMETERS, a_finding, a_span, a_timeline


def told(balance: Balance, language: str = "en") -> dict[str, str]:
    """The sentence of each contribution."""
    return {entry.cue: sentence(entry, balance, catalogue_for(language)) for entry in balance.contributions}


def test_each_signal_is_told_with_its_share_of_its_own_side() -> None:
    balance = weigh([a_finding("alpha", 3.0), a_finding("beta", 2.0), a_finding("gamma", -4.0)], PARAMETERS)
    assert told(balance) == {
        "alpha": "This weighs most: 75% of all that speaks for manipulation. "
        "The other signals alone would come to a risk of 50.0 of 100.",
        "beta": "This makes up 25% of all that speaks for manipulation.",
        "gamma": "Nothing else of weight speaks against manipulation.",
    }


def test_of_equals_none_weighs_most() -> None:
    balance = weigh([a_finding("alpha", 1.0), a_finding("beta", 2.0)], PARAMETERS)
    assert [text.partition(".")[0] for text in told(balance).values()] == [
        "This makes up 50% of all that speaks for manipulation"
    ] * 2


def test_a_part_is_never_told_as_all_or_as_nothing() -> None:
    balance = weigh([a_finding("alpha", 20.0), a_finding("gamma", 0.4)], PARAMETERS)
    texts = told(balance)
    assert "99.5%" in texts["alpha"]
    assert "0.5%" in texts["gamma"]


def test_what_does_not_even_double_the_odds_is_called_weak() -> None:
    balance = weigh([a_finding("alpha", -3.0), a_finding("beta", 1.2)], PARAMETERS)
    assert ["Taken alone this is a weak sign." in text for text in told(balance).values()] == [False, True]


def test_of_several_weak_signals_on_a_side_only_the_first_is_called_so() -> None:
    found = [a_finding("alpha", 0.6), a_finding("beta", 1.0), a_finding("gamma", -2.0)]
    texts = told(weigh(found, PARAMETERS))
    assert {cue: "weak sign" in text for cue, text in texts.items()} == {"alpha": True, "gamma": True, "beta": False}


def test_a_signal_that_is_alone_is_held_against_nothing() -> None:
    balance = weigh([a_finding("alpha", 3.0), a_finding("beta", 0.1)], PARAMETERS)
    assert told(balance)["alpha"] == "Nothing else of weight speaks for manipulation."


def test_numbers_are_written_as_the_language_does() -> None:
    balance = weigh([a_finding("alpha", 20.0), a_finding("gamma", 0.4)], PARAMETERS)
    assert "99,5\u00a0%" in told(balance, "de")["alpha"]
    assert "Risiko von 52,5 von 100" in told(balance, "de")["alpha"]


def test_machines_get_log_odds_and_share() -> None:
    balance = weigh([a_finding("alpha", -3.0), a_finding("beta", -2.0)], PARAMETERS)
    assert machine_values(balance.contributions[0], balance) == {"log_odds": "-3.000", "share_percent": "75.0"}


def test_the_rest_is_the_sum_without_the_signal() -> None:
    balance = weigh([a_timeline("alpha", a_span(0, 4, 3.0)), a_finding("gamma", -4.0)], TIMED_PARAMETERS)
    first = balance.contributions[0]
    assert risk_of_the_rest(first, balance) == risk_score(balance.log_odds - first.log_odds)
