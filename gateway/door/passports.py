"""Who somebody is by the token of an identity provider, and what they may do: claims in (RFC 7519), owner and scopes out."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.door.tokens import Scope
from kit.errors import InvalidToken

_PREFIX = "oidc-"


@dataclass(frozen=True)
class Passport:
    """What is known of who has signed in.

    Attributes:
        owner: whose resources it opens.
        token_id: for quotas and logs; the same one for all tokens of the same person, so one budget.
    """

    owner: str
    token_id: str
    scopes: frozenset[Scope]


class Passports:
    """Reads the tokens of one issuer.

    Args:
        issuer: its `iss`.
        scopes: what words in the claims grant; other words grant nothing.
        roles_claim: a claim with such words besides `scope` and `scp`, by name or path ("realm_access.roles"); empty: none.
    """

    def __init__(self, issuer: str, scopes: Mapping[str, Sequence[Scope]], roles_claim: str) -> None:
        self._issuer = issuer
        self._scopes = scopes
        self._roles_claim = roles_claim

    def read(self, payload: str) -> Passport:
        """The passport in a token's payload, whose signature and time somebody else has checked. Raises InvalidToken."""
        claims = _claims(payload)
        subject = claims.get("sub")
        if claims.get("iss") != self._issuer or not isinstance(subject, str) or not subject:
            raise InvalidToken("this token names another issuer, or nobody (sub); sign in again, or ask the operator")
        name = owner_of(self._issuer, subject)
        return Passport(name, name, self._granted(claims))

    def _granted(self, claims: Mapping[str, Any]) -> frozenset[Scope]:
        places = [claims.get("scope"), claims.get("scp"), _at(claims, self._roles_claim)]
        words = [word for place in places for word in _words(place)]
        return frozenset(scope for word in words for scope in self._scopes.get(word, ()))


def owner_of(issuer: str, subject: str) -> str:
    """The owner that stands for a subject of an issuer: always the same, and another one for every other pair.

    "oidc-" and the SHA-256 of both, as a JSON list, in lower-case base32 (RFC 4648).
    """
    digest = hashlib.sha256(json.dumps([issuer, subject]).encode()).digest()
    return _PREFIX + base64.b32encode(digest).decode().rstrip("=").lower()


def _claims(payload: str) -> Mapping[str, Any]:
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise InvalidToken("what this token says cannot be read; sign in again") from error
    if not isinstance(claims, dict):
        raise InvalidToken("this token says nothing; sign in again")
    return claims


def _at(claims: Mapping[str, Any], path: str) -> Any:
    # Names of claims may be addresses with dots in them.
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split(".") if path else ():
        found = found.get(part) if isinstance(found, dict) else None
    return found if path else None


def _words(claim: Any) -> Iterable[str]:
    if isinstance(claim, str):
        return claim.split()
    return [word for word in claim if isinstance(word, str)] if isinstance(claim, list) else ()
