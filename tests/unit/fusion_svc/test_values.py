from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusion_svc.values import MAX_VALUE_CHARACTERS, cleaned, in_words, machine_values


def test_a_value_from_a_file_stays_short_and_on_one_line() -> None:
    assert cleaned("a\n\tb" + "c" * 1000) == "a b" + "c" * (MAX_VALUE_CHARACTERS - 4) + "…"


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("<b onclick=x>hi</b>", "‹b onclick=x›hi‹/b›"),
        ("{name.__class__}", "(name.__class__)"),
        ("&lt;script&gt;", "+lt;script+gt;"),
        ("safe\u202egpj.exe", "safegpj.exe"),
        ("a\x00b\x1b[31mc\u200bd", "ab[31mcd"),
        ("line\u2028break\u00a0here", "line break here"),
        ("Müller 写真 📷", "Müller 写真 📷"),
    ],
)
def test_markup_and_what_cannot_be_seen_do_not_reach_a_sentence(value: str, clean: str) -> None:
    assert cleaned(value) == clean


@given(st.text(max_size=2000))
def test_any_value_becomes_one_short_line_of_visible_characters(value: str) -> None:
    clean = cleaned(value)
    assert len(clean) <= MAX_VALUE_CHARACTERS
    assert not set("<>{}&\n") & set(clean)
    assert not [each for each in clean if unicodedata.category(each) in {"Cc", "Cf", "Zl", "Zp"}]


@given(st.text(max_size=300))
def test_what_is_clean_stays_as_it_is(value: str) -> None:
    assert cleaned(cleaned(value)) == cleaned(value)


def test_measured_numbers_get_the_decimal_mark_and_names_that_look_like_numbers_do_not() -> None:
    told = in_words({"speech_s": "1.4", "program": "2.10", "faces": "3", "face_px": "31"}, {}, ",")
    assert told == {"speech_s": "1,4", "program": "2.10", "faces": "3", "face_px": "31"}


def test_known_terms_are_told_in_plain_words_also_within_a_list() -> None:
    terms = {"types=made": "gemacht", "types=taken": "aufgenommen", "missing=a, b": "A und B"}
    told = in_words({"types": "made, taken, other", "missing": "a, b"}, terms, ",")
    assert told == {"types": "gemacht, aufgenommen, other", "missing": "A und B"}


def test_a_name_from_a_file_is_never_taken_for_a_term_of_ours() -> None:
    assert in_words({"issuer": "trusted"}, {"trust=trusted": "on our list"}, ".") == {"issuer": "trusted"}


def test_machines_get_numbers_as_they_are() -> None:
    assert machine_values({"speech_s": "1.4", "name": "<a>"}) == {"speech_s": "1.4", "name": "‹a›"}
