"""An identity provider: keys made here, tokens good and bad."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ISSUER, AUDIENCE = "https://login.example.org/", "telltale"


class Provider:
    """Signs by RS256.

    Attributes:
        jwks: its public key as a JSON Web Key Set (RFC 7517).
    """

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        numbers = self._key.public_key().public_numbers()
        key = {
            "kty": "RSA",
            "kid": "k1",
            "use": "sig",
            "alg": "RS256",
            "n": _number(numbers.n),
            "e": _number(numbers.e),
        }
        self.jwks = json.dumps({"keys": [key]})

    def token(self, **claims: Any) -> str:
        """A token that everybody takes but for what `claims` change; a claim of None is left out."""
        signed = _signed({"alg": "RS256", "kid": "k1", "typ": "JWT"}, _claims(claims))
        return signed + "." + _text(self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))

    def unsigned(self) -> str:
        """One with the algorithm "none"."""
        return _signed({"alg": "none", "kid": "k1"}, _claims({})) + "."

    def signed_with_the_public_key(self) -> str:
        """One whose signature is a HMAC over what everybody knows (RFC 8725, section 2.1)."""
        public = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        signed = _signed({"alg": "HS256", "kid": "k1"}, _claims({}))
        return signed + "." + _text(hmac.digest(public, signed.encode(), hashlib.sha256))

    def changed(self) -> str:
        """One whose claims were changed after it was signed."""
        header, _, signature = self.token(scope="read").split(".")
        return ".".join((header, payload(sub="mallory"), signature))


def payload(**claims: Any) -> str:
    """What Envoy forwards of a token with these claims."""
    return _text(json.dumps(_claims(claims)).encode())


def _claims(changes: Mapping[str, Any]) -> dict[str, Any]:
    now = int(time.time())
    usual = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "alice",
        "iat": now,
        "exp": now + 600,
        "scope": "openid analyze read",
    }
    return {name: value for name, value in (usual | dict(changes)).items() if value is not None}


def _signed(header: Mapping[str, str], claims: Mapping[str, Any]) -> str:
    return f"{_text(json.dumps(header).encode())}.{_text(json.dumps(claims).encode())}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))
