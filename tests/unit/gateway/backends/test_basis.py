from __future__ import annotations

from gateway.backends.basis import heard_by


def test_what_is_left_of_an_answer_depends_on_the_service_and_on_who_heard_it() -> None:
    assert heard_by("a") == heard_by("a")
    assert len({"a", heard_by("a"), heard_by("b")}) == 3


def test_who_says_nothing_is_not_known_by_our_own_program() -> None:
    assert heard_by("") == ""
