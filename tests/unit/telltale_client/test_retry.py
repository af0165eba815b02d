from __future__ import annotations

import pytest

from telltale_client.effects import Rest
from telltale_client.errors import Cancelled, Internal, NotFound, ResourceExhausted, TelltaleError, Unavailable
from telltale_client.retry import Retry

RETRY = Retry(attempts=3, first_pause_s=1.0, longest_pause_s=1.5, longest_wait_s=60.0)


def test_pauses_double_up_to_a_bound_and_are_spread() -> None:
    pauses = [RETRY.pause_s(Rest(Unavailable(""), attempt, again=True), draw=1.0, known=True) for attempt in (1, 2)]
    assert pauses == [1.0, 1.5]
    assert RETRY.pause_s(Rest(Unavailable(""), 1, again=True), draw=0.0, known=True) == 0.5


def test_what_the_server_asks_for_is_followed() -> None:
    asked = ResourceExhausted("", reason="QUOTA_EXCEEDED", retry_after_s=30.0)
    assert RETRY.pause_s(Rest(asked, 1, again=False), draw=0.5, known=True) == 30.0


def test_what_is_too_long_to_wait_for_is_raised_at_once() -> None:
    asked = ResourceExhausted("", reason="QUOTA_EXCEEDED", retry_after_s=3600.0)
    with pytest.raises(ResourceExhausted):
        RETRY.pause_s(Rest(asked, 1, again=True), draw=0.5, known=True)


def test_a_server_that_never_answered_is_not_waited_for_that_long() -> None:
    patient = Retry(attempts=20, first_attempts=2)
    assert patient.pause_s(Rest(Unavailable(""), 2, again=True), draw=0.5, known=True) > 0
    with pytest.raises(Unavailable):
        patient.pause_s(Rest(Unavailable(""), 2, again=True), draw=0.5, known=False)


def test_it_ends_after_so_many_attempts() -> None:
    with pytest.raises(Unavailable):
        RETRY.pause_s(Rest(Unavailable(""), 3, again=True), draw=0.5, known=True)


@pytest.mark.parametrize(
    "error",
    [Unavailable("", reason="STORAGE_UNAVAILABLE"), Unavailable("gone"), Internal("reset"), Cancelled("stopping")],
)
def test_what_may_have_been_done_is_repeated_only_where_that_is_safe(error: TelltaleError) -> None:
    assert RETRY.pause_s(Rest(error, 1, again=True), draw=0.5, known=True) > 0
    with pytest.raises(type(error)):
        RETRY.pause_s(Rest(error, 1, again=False), draw=0.5, known=True)


def test_a_refusal_that_passes_is_repeated_also_where_it_must_not_be_done_twice() -> None:
    assert RETRY.pause_s(Rest(ResourceExhausted("", reason="OVERLOADED"), 1, again=False), draw=0.5, known=True) > 0


@pytest.mark.parametrize(
    "error",
    [
        NotFound("no", reason="NOT_FOUND"),
        ResourceExhausted("full", reason="STORAGE_FULL"),
        Internal("a fault", reason="INTERNAL"),
        Cancelled("by its owner", reason="CANCELLED"),
    ],
)
def test_what_will_not_change_is_raised(error: TelltaleError) -> None:
    with pytest.raises(type(error)):
        RETRY.pause_s(Rest(error, 1, again=True), draw=0.5, known=True)
