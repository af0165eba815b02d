"""Pages and their tokens."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ids import new_id, time_of
from gateway.paging import DEFAULT_SIZE, MAX_SIZE, Page, cut, page, token_after
from kit.errors import InvalidRequest
from telltale.gateway.v1 import resources_pb2
from tests.support.clock import FakeClock


def media(*ids: str) -> list[resources_pb2.Media]:
    return [resources_pb2.Media(name=f"media/{media_id}") for media_id in ids]


def test_a_token_leads_to_what_follows() -> None:
    assert page(5, token_after("a" * 26)).before == "a" * 26


def test_no_size_means_the_default() -> None:
    assert page(0, "").size == DEFAULT_SIZE


def test_sizes_are_bounded_whatever_a_contract_allows() -> None:
    assert page(10**9, "").size == page(10**9, token_after("a" * 26)).size == MAX_SIZE
    with pytest.raises(InvalidRequest, match="page_size"):
        page(-1, "")


@given(st.text(max_size=200))
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    if token:
        with pytest.raises(InvalidRequest):
            page(5, token)


def test_a_token_cannot_smuggle_anything_in() -> None:
    with pytest.raises(InvalidRequest):
        page(5, base64.urlsafe_b64encode(b"1:' OR 1=1 --").decode())


def test_one_item_more_than_the_page_means_another_page() -> None:
    items, token = cut(media("c", "b", "a"), Page(2))
    assert ([item.name for item in items], token) == (["media/c", "media/b"], token_after("b"))


def test_the_last_page_has_no_token() -> None:
    assert cut(media("b", "a"), Page(2)) == (media("b", "a"), "")


def test_a_page_ends_before_it_is_too_long_for_a_message() -> None:
    items, token = cut(media("c", "b", "a"), Page(3), max_bytes=15)
    assert (len(items), token) == (1, token_after("c"))


def test_a_token_belongs_to_its_search() -> None:
    found = Page(1, search_digest="0123456789abcdef")
    _, token = cut(media("b" * 26, "a" * 26), found)
    assert page(1, token, found.search_digest).before == "b" * 26
    for other in ("", "fedcba9876543210"):
        with pytest.raises(InvalidRequest, match="another search"):
            page(1, token, other)


def test_ids_sort_by_time_and_tell_it() -> None:
    clock = FakeClock()
    first = new_id(clock)
    clock.advance(0.001)
    assert first < new_id(clock)
    assert time_of(first) == FakeClock().now()
