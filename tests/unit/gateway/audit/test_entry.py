"""What an entry is, and that its hash covers all of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace

import pytest

from gateway.audit.entry import NOTHING, Event, digest_of, listed, plain, request_id_in
from tests.support.audit import EVENT


def test_the_hash_is_that_of_the_canonical_json_that_is_written_down() -> None:
    document = {
        "sequence": 7,
        "previous": NOTHING,
        "timeMs": EVENT.time_ms,
        "method": EVENT.method,
        "outcome": EVENT.outcome,
        "tokenId": EVENT.token_id,
        "owner": EVENT.owner,
        "resources": list(EVENT.resources),
        "network": EVENT.network,
        "requestId": EVENT.request_id,
        "calls": EVENT.calls,
    }
    written = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert digest_of(7, EVENT, NOTHING) == hashlib.sha256(written.encode()).hexdigest()


@pytest.mark.parametrize("name", [field.name for field in fields(Event)])
def test_the_hash_covers_every_field(name: str) -> None:
    value = getattr(EVENT, name)
    other = value + 1 if isinstance(value, int) else (*value, "media/x") if isinstance(value, tuple) else value + "x"
    assert digest_of(1, replace(EVENT, **{name: other}), NOTHING) != digest_of(1, EVENT, NOTHING)


def test_names_that_lie_differently_in_their_list_are_different_entries() -> None:
    one, other = (replace(EVENT, resources=names) for names in (("a b",), ("a", "b")))
    assert digest_of(1, one, NOTHING) != digest_of(1, other, NOTHING)


def test_names_stand_once_and_not_without_end() -> None:
    assert listed(["media/a", "media/b", "media/a"]) == ("media/a", "media/b")
    assert listed([f"media/{number}" for number in range(257)])[-1] == "+57"


@pytest.mark.parametrize("sent", ["", "photo of Anna.jpg", "0" * 64, "0B8BB6A0-5A0F-4A0B-9D30-2F0E0A4D9C11; x"])
def test_only_a_uuid_is_a_request_id(sent: str) -> None:
    assert request_id_in(sent) == ""
    assert request_id_in("0B8BB6A0-5A0F-4A0B-9D30-2F0E0A4D9C11") == "0b8bb6a0-5a0f-4a0b-9d30-2f0e0a4d9c11"


def test_identifiers_hold_nothing_that_cannot_be_shown_and_end() -> None:
    assert plain("a\0b\n c\u202e") == "abc"
    assert len(plain("x" * 1000)) == 128
