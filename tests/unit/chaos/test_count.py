"""The count behind `make chaos` finds what it is there to find."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from telltale.gateway.v1 import resources_pb2
from tests.chaos.clients import Outcome
from tests.chaos.count import Books, problems
from tests.chaos.orders import Order

SUCCEEDED, FAILED = resources_pb2.ANALYSIS_STATE_SUCCEEDED, resources_pb2.ANALYSIS_STATE_FAILED
ORDERS = [
    Order("key-a", b"", "", streamed=True, notified=False),
    Order("key-b", b"", "", streamed=False, notified=True),
]
OUTCOMES = [Outcome({"analyses/a"}, "SUCCEEDED", True), Outcome({"analyses/b"}, "SUCCEEDED", True)]
TOLD = Counter({"letter": 1})
BOOKS = Books(
    analyses={"a": SUCCEEDED, "b": SUCCEEDED},
    keys=[("key-a", "a"), ("key-b", "b")],
    ends=Counter({"a": 1, "b": 1}),
    notifications={"letter": ("b", "delivered")},
    media={"m", "n"},
    evidence={"e", "f"},
    files={"m", "n", "e", "f"},
    ordered={"m", "n"},
    jobs={"analysis-a": "SUCCESS", "analysis-b": "SUCCESS", "notification-letter": "SUCCESS"},
)


def wrong(books: Books = BOOKS, outcomes: list[Outcome] = OUTCOMES, told: Counter[str] = TOLD) -> set[str]:
    return {rule for rule, cases in problems(books, ORDERS, outcomes, told).items() if cases}


def test_nothing_is_wrong_when_everything_is_there_once() -> None:
    assert wrong() == set()


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("every analysis ended once", {"ends": Counter({"a": 1, "b": 2})}),
        ("every analysis ended once", {"ends": Counter({"a": 1})}),
        ("every analysis has succeeded", {"analyses": {"a": SUCCEEDED, "b": FAILED}}),
        ("every key has one analysis", {"keys": [("key-a", "a")]}),
        ("no analysis without a key", {"analyses": {"a": SUCCEEDED, "b": SUCCEEDED, "c": SUCCEEDED}}),
        ("one notification for each that was asked for", {"notifications": {}}),
        (
            "one notification for each that was asked for",
            {"notifications": dict.fromkeys("xy", ("b", "delivered"))},
        ),
        ("every notification was delivered", {"notifications": {"letter": ("b", "pending")}}),
        ("every job has ended well", {"jobs": {**BOOKS.jobs, "analysis-b": "ERROR"}}),
        ("no job without its row, and none missing", {"jobs": {**BOOKS.jobs, "analysis-c": "SUCCESS"}}),
        ("no file without its row", {"files": {*BOOKS.files, "lost"}}),
        ("no row without its file", {"files": {"m", "n", "e"}}),
    ],
)
def test_what_is_lost_or_doubled_in_the_stores_is_named(rule: str, changed: dict[str, Any]) -> None:
    assert rule in wrong(replace(BOOKS, **changed))


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        ("every client got an answer", Outcome({"analyses/b"})),
        ("every client got an answer", Outcome({"analyses/b"}, "SUCCEEDED", answered=False)),
        ("every client heard of one analysis", Outcome({"analyses/b", "analyses/c"}, "SUCCEEDED", answered=True)),
        ("no two clients heard of the same", Outcome({"analyses/a"}, "SUCCEEDED", answered=True)),
    ],
)
def test_what_clients_lack_is_named(rule: str, outcome: Outcome) -> None:
    assert rule in wrong(outcomes=[OUTCOMES[0], outcome])


def test_who_was_never_told_is_named() -> None:
    assert wrong(told=Counter()) == {"everybody was told"}
