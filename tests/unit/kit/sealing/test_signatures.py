from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import DigestMismatch
from kit.sealing.keys import SigningKey
from kit.sealing.signatures import check
from telltale.gateway.v1 import resources_pb2


@pytest.fixture
def signature(tmp_path: Path) -> resources_pb2.Signature:
    return SigningKey.create(tmp_path / "key.pem").sign(b"document")


def test_a_signature_of_these_bytes_is_accepted(signature: resources_pb2.Signature) -> None:
    check(signature, b"document")


def test_a_signature_of_other_bytes_is_refused(signature: resources_pb2.Signature) -> None:
    with pytest.raises(DigestMismatch, match="changed after signing"):
        check(signature, b"documenT")


def test_a_changed_signature_is_refused(signature: resources_pb2.Signature) -> None:
    for index in range(64):
        changed = bytearray(signature.value)
        changed[index] ^= 1
        other = resources_pb2.Signature()
        other.CopyFrom(signature)
        other.value = bytes(changed)
        with pytest.raises(DigestMismatch):
            check(other, b"document")


def test_a_key_that_is_not_the_named_one_is_refused(signature: resources_pb2.Signature, tmp_path: Path) -> None:
    signature.public_key = SigningKey.create(tmp_path / "other.pem").public_key
    with pytest.raises(DigestMismatch, match="another key"):
        check(signature, b"document")


@pytest.mark.parametrize("algorithm", ["", "none", "ed25519"])
def test_another_algorithm_is_refused(signature: resources_pb2.Signature, algorithm: str) -> None:
    signature.algorithm = algorithm
    with pytest.raises(DigestMismatch, match="only Ed25519"):
        check(signature, b"document")


def test_a_key_of_another_length_is_refused(signature: resources_pb2.Signature) -> None:
    signature.public_key = b"short"
    signature.key_id = "f9b0078b5df596d2"
    with pytest.raises(DigestMismatch):
        check(signature, b"document")
