from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kit.models.registry import Registry
from promotion.gates.case import Case
from promotion.gates.papers import card, licence, parity
from promotion.measurements import Measurements, Side
from telltale.model.v1 import card_pb2
from tests.support.promotion import ROOT, a_card, a_case, items, policy, side

NOTHING = Measurements(items(1, 1), side([0.0, 0.0]), None)


def test_a_card_that_says_everything_is_complete(tmp_path: Path) -> None:
    assert card(a_case(tmp_path, NOTHING)).passed


@pytest.mark.parametrize(
    ("forget", "missing"),
    [
        (lambda it: it.ClearField("authors"), "who made it"),
        (lambda it: it.ClearField("training_command"), "how to make it again"),
        (lambda it: it.ClearField("limits"), "where it fails"),
        (lambda it: it.ClearField("metrics"), "how good it is"),
        (lambda it: it.ClearField("training_data"), "what it learned from"),
        (lambda it: it.metrics[0].ClearField("low"), "the interval and the items behind auc"),
        (lambda it: it.training_data[0].ClearField("licence"), "the licence of the data faces"),
    ],
)
def test_what_a_card_does_not_say_is_named(
    tmp_path: Path, forget: Callable[[card_pb2.ModelCard], None], missing: str
) -> None:
    incomplete = a_card()
    forget(incomplete)
    gate = card(a_case(tmp_path, NOTHING, incomplete))
    assert not gate.passed
    assert missing in gate.finding


def test_weights_from_elsewhere_have_no_data_and_numbers_of_ours(tmp_path: Path) -> None:
    bought = a_card()
    bought.training_command = "none: weights of a package"
    bought.ClearField("training_data")
    bought.ClearField("metrics")
    assert card(a_case(tmp_path, NOTHING, bought)).passed


def test_a_card_without_words_for_people_is_incomplete(tmp_path: Path) -> None:
    case = a_case(tmp_path, NOTHING)
    (tmp_path / "CARD.md").unlink()
    assert "CARD.md" in card(case).finding


def test_cards_of_shipped_tests_are_complete() -> None:
    registry = Registry(ROOT / "models")
    cases = [
        Case(registry.load(name), NOTHING, policy()) for name in ("face_spatial", "frequency", "fusion", "lip_sync")
    ]
    assert [card(case).finding for case in cases if not card(case).passed] == []


def test_a_licence_that_is_not_on_the_list_is_named(tmp_path: Path) -> None:
    assert licence(a_case(tmp_path, NOTHING)).passed
    odd = a_card()
    odd.licence, odd.training_data[0].licence = "all rights reserved", "found on the web"
    gate = licence(a_case(tmp_path, NOTHING, odd))
    assert not gate.passed
    assert "of the weights: 'all rights reserved', of training data: 'found on the web'" in gate.finding


def test_what_answers_differently_the_second_time_is_refused(tmp_path: Path) -> None:
    good, bad = side([0.0, 0.0]), Side([], 0, parity=["a.jpg was answered 1.0 and then 2.0"])
    assert parity(a_case(tmp_path, Measurements(items(1, 1), good, None))).passed
    gate = parity(a_case(tmp_path, Measurements(items(1, 1), bad, None)))
    assert (gate.passed, gate.finding) == (False, "a.jpg was answered 1.0 and then 2.0")
