"""Claims in, owner and scopes out."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from gateway.door.passports import Passport, Passports, owner_of
from gateway.door.tokens import Scope
from kit.errors import InvalidToken

ISSUER = "https://login.example.org/"
BOTH = frozenset({Scope.ANALYZE, Scope.READ})
OWN_WORDS: Mapping[str, Sequence[Scope]] = {scope.value: (scope,) for scope in Scope}


def payload(**claims: Any) -> str:
    document = json.dumps({"iss": ISSUER, "sub": "alice"} | claims).encode()
    return base64.urlsafe_b64encode(document).decode().rstrip("=")


def read(scopes: Mapping[str, Sequence[Scope]] = OWN_WORDS, roles_claim: str = "", **claims: Any) -> Passport:
    return Passports(ISSUER, scopes, roles_claim).read(payload(**claims))


def test_an_owner_is_stable_fits_the_rule_and_is_the_budget_too() -> None:
    passport = read(sub="Alice Müller|☃" * 30)
    assert re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,63}", passport.owner)
    assert passport.token_id == passport.owner == read(sub="Alice Müller|☃" * 30).owner


def test_no_two_pairs_of_issuer_and_subject_meet() -> None:
    pairs = [("a", "bc"), ("ab", "c"), ("a", "b\0c"), ("a\0b", "c"), ('a","b', "c"), ("a", 'b","c'), ("A", "bc")]
    assert len({owner_of(issuer, subject) for issuer, subject in pairs}) == len(pairs)


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": "openid read analyze"},
        {"scp": "analyze read"},
        {"scp": ["analyze", "read"]},
        {"scope": "read", "scp": ["analyze"]},
    ],
)
def test_scopes_are_read_as_providers_write_them(claims: dict[str, Any]) -> None:
    assert read(**claims).scopes == BOTH


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"scope": None},
        {"scope": 5},
        {"scp": {"read": True}},
        {"scp": [1, None]},
        {"scope": "READ reader"},
        {"roles": ["admin"]},
    ],
)
def test_what_is_no_word_of_ours_grants_nothing(claims: dict[str, Any]) -> None:
    assert read(**claims).scopes == frozenset()


@pytest.mark.parametrize(
    ("claim", "claims"),
    [
        ("roles", {"roles": ["fraud-team"]}),
        ("realm_access.roles", {"realm_access": {"roles": ["fraud-team", "other"]}}),
        ("https://telltale.example/roles", {"https://telltale.example/roles": ["fraud-team"]}),
    ],
)
def test_roles_grant_what_the_operator_says(claim: str, claims: dict[str, Any]) -> None:
    roles = {"fraud-team": (Scope.ANALYZE, Scope.READ)}
    assert read(roles, claim, **claims).scopes == BOTH
    assert read(roles, "", **claims).scopes == frozenset()
    assert read(roles, claim, scope="admin").scopes == frozenset()


@pytest.mark.parametrize(
    "claims", [{"iss": "https://other.example/"}, {"iss": None}, {"sub": ""}, {"sub": 7}, {"sub": None}]
)
def test_another_issuer_or_nobody_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken, match="another issuer, or nobody"):
        read(**claims)


@pytest.mark.parametrize(
    "text", ["", "%%%", "e30x", "W10", "ImEi", "/w", "é", base64.b64encode(b"[" * 100_000).decode()]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InvalidToken):
        Passports(ISSUER, OWN_WORDS, "").read(text)
