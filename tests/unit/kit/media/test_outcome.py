"""What the parent makes of a child's answer, which may be written by whoever took the decoder over."""

from __future__ import annotations

import pytest

from kit.errors import Internal, UndecodableMedia
from kit.media.exchange import Answer, Json
from kit.media.outcome import values_of

HALF = "\ud800"
"""Half a character: JSON can hold it, UTF-8 cannot."""


def told(message: str, details: dict[str, Json]) -> UndecodableMedia:
    error: dict[str, Json] = {"reason": UndecodableMedia.reason_name(), "message": message, "details": details}
    with pytest.raises(UndecodableMedia) as raised:
        values_of(Answer({"error": error}, {}))
    return raised.value


def test_what_a_decoder_says_of_its_medium_comes_through() -> None:
    error = told("No frame could be read.", {"codec": "h264"})
    assert (error.message, error.details) == ("No frame could be read.", {"codec": "h264"})


def test_an_error_is_no_longer_than_a_status_can_be() -> None:
    error = told("x" * 10**6, {str(number): "y" * 10**4 for number in range(1_000)})
    assert len(error.message) == 1_000
    assert sum(map(len, error.details.values())) == 8 * 200


def test_half_characters_become_whole_ones() -> None:
    error = told(f"a{HALF}", {f"b{HALF}": f"c{HALF}"})
    assert (error.message, error.details) == ("a?", {"b?": "c?"})


def test_a_fault_of_half_characters_is_logged_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Internal):
        values_of(Answer({"fault": f"ZeroDivisionError{HALF}" + "x" * 10**6}, {}))
    logged = "".join(capsys.readouterr())
    assert "ZeroDivisionError?" in logged
    assert len(logged) < 10_000
