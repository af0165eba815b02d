"""What stands in the headers of a call and says who calls."""

from __future__ import annotations

OWN_PREFIX = "tt_"
"""Begins the secret of every token of ours, so that it is told from a token of an identity provider, and found in what leaks."""

CLAIMS = "x-telltale-claims"
"""What a token that Envoy has checked says of its bearer: base64url of JSON (RFC 7519, the payload)."""
