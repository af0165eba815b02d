"""Checking signatures."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kit.errors import DigestMismatch
from kit.sealing.keys import ALGORITHM, key_id
from telltale.gateway.v1 import resources_pb2


def check(signature: resources_pb2.Signature, document: bytes) -> None:
    """Holds a signature against the bytes that it is of. That the key is one to trust is for the caller to know.

    Raises:
        DigestMismatch: another algorithm, a key that its identifier does not name, or a signature of other bytes.
    """
    if signature.algorithm != ALGORITHM:
        raise DigestMismatch(f"the signature is of the kind {signature.algorithm!r}; only {ALGORITHM} is known here")
    if signature.key_id != key_id(signature.public_key):
        raise DigestMismatch("the signature names another key than the one that it carries")
    try:
        Ed25519PublicKey.from_public_bytes(signature.public_key).verify(signature.value, document)
    except (ValueError, InvalidSignature) as error:
        raise DigestMismatch(
            f"the signature of key {signature.key_id} is not of these bytes: they were changed after signing"
        ) from error
