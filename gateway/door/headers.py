"""What stands in the headers of a call and says who calls."""

from __future__ import annotations

from collections.abc import Mapping

from kit.errors import MissingToken

REQUEST_ID = "x-request-id"
"""The edge's UUID of the call."""

OWN_PREFIX = "tt_"
"""Begins the secret of every token of ours, so that it is told from a token of an identity provider, and found in what leaks."""

CLAIMS = "x-telltale-claims"
"""What a token that Envoy has checked says of its bearer: base64url of JSON (RFC 7519, the payload)."""

_SCHEME = "bearer "


def secret_in(headers: Mapping[str, str]) -> str:
    """The bearer token of a call (RFC 6750). Raises MissingToken."""
    value = headers.get("authorization", "")
    if not value.lower().startswith(_SCHEME) or not value[len(_SCHEME) :].strip():
        raise MissingToken('send a token in the header "Authorization: Bearer tt_..."; the operator makes one for you')
    return value[len(_SCHEME) :].strip()
