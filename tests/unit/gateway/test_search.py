"""Text for comparisons that know no case, and searches told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.search import Search, folded, search
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import verdict_pb2


@given(st.text(max_size=50))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("STRASSE", "straße"), ("Σίσυφος", "ΣΊΣΥΦΟΣ"), ("e\N{COMBINING ACUTE ACCENT}", "É"), (" a\tb ", "AB")],
)
def test_what_differs_in_case_or_composition_alone_is_equal(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_other_letters_stay_other_letters() -> None:
    assert len({folded(text) for text in ("a", "ä", "o", "\N{LATIN SMALL LETTER DOTLESS I}", "i")}) == 5


def test_no_search_has_no_digest() -> None:
    assert search(" \x00 ").digest() == Search().digest() == ""


def test_every_part_of_a_search_makes_another_digest() -> None:
    image, authentic, suspicious = media_pb2.MEDIA_KIND_IMAGE, verdict_pb2.LABEL_AUTHENTIC, verdict_pb2.LABEL_SUSPICIOUS
    searches = [
        search("1"),
        search("", [authentic]),
        search("", [], [image]),
        search("", [authentic, suspicious]),
        search("1", [authentic]),
        Search(done=True),
        Search(done=False),
    ]
    assert len({each.digest() for each in searches}) == 7


def test_order_and_case_make_no_other_search() -> None:
    authentic, suspicious = verdict_pb2.LABEL_AUTHENTIC, verdict_pb2.LABEL_SUSPICIOUS
    one, other = search("A", [authentic, suspicious]), search("a", [suspicious, authentic, authentic])
    assert one.digest() == other.digest()
