"""Ed25519 keys (RFC 8032): the private half in a file that only its owner can read, the public half with a short name."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kit.errors import InvalidSettings
from kit.sealing.key_files import MAX_KEY_FILE_BYTES, create_private, read_private
from telltale.gateway.v1 import key_service_pb2, resources_pb2

ALGORITHM = "Ed25519"


class SigningKey:
    """A private key.

    Attributes:
        public_key: its public half, raw, 32 bytes.
        key_id: see `key_id`.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public_key = private.public_key().public_bytes_raw()
        self.key_id = key_id(self.public_key)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads a key (PKCS#8 PEM, not encrypted). Raises InvalidSettings: missing, readable by others, or no such key."""
        pem = read_private(path)
        try:
            private = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _no_key(path) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise _no_key(path)
        return cls(private)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Makes a key and its file, mode 600, whole or not at all. Raises InvalidSettings: there is a file, or none can be."""
        key = cls(Ed25519PrivateKey.generate())
        create_private(path, key.private_pem())
        return key

    @classmethod
    def load_or_create(cls, path: Path) -> Self:
        """The key in `path`, made when there is none. Raises InvalidSettings."""
        if not path.exists():
            try:
                return cls.create(path)
            except InvalidSettings:
                if not path.exists():
                    raise
        return cls.load(path)

    def sign(self, document: bytes) -> resources_pb2.Signature:
        """A signature over `document`; the same key and bytes give the same signature."""
        return resources_pb2.Signature(
            algorithm=ALGORITHM, key_id=self.key_id, public_key=self.public_key, value=self._private.sign(document)
        )

    def derived(self, purpose: str) -> bytes:
        """A secret of 32 bytes for one purpose (HMAC-SHA256 of it): the same key gives the same, and none leads to another."""
        return hmac.new(self._private.private_bytes_raw(), purpose.encode(), hashlib.sha256).digest()

    def private_pem(self) -> bytes:
        """The key as PKCS#8 PEM. A secret."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def public_pem(self) -> bytes:
        """The public half as PEM (SubjectPublicKeyInfo, RFC 8410), to hand on."""
        return self._private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def described(self) -> key_service_pb2.SigningKey:
        """The public half as callers see it."""
        return described(self.public_key)


def described(public_key: bytes) -> key_service_pb2.SigningKey:
    """A public key (raw, 32 bytes) as callers see it."""
    return key_service_pb2.SigningKey(key_id=key_id(public_key), algorithm=ALGORITHM, public_key=public_key)


def key_id(public_key: bytes) -> str:
    """Name of a public key (raw, 32 bytes): the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def public_key_in(pem: bytes) -> bytes:
    """The raw public key in a PEM file, 32 bytes. Raises InvalidSettings when it holds no public Ed25519 key."""
    try:
        public = serialization.load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidSettings("the file holds no public key in PEM; ask for the one of who signed") from error
    if not isinstance(public, Ed25519PublicKey):
        raise InvalidSettings("the file holds a public key of another kind than Ed25519; ask for the one of who signed")
    return public.public_bytes_raw()


def read_public_key(path: Path) -> bytes:
    """The raw public key in a PEM file, 32 bytes. Raises InvalidSettings: it cannot be read, or holds none."""
    try:
        with path.open("rb") as file:
            return public_key_in(file.read(MAX_KEY_FILE_BYTES))
    except OSError as error:
        raise InvalidSettings(f"the public key {path} cannot be read: {error.strerror}") from error
    except InvalidSettings as error:
        raise InvalidSettings(f"{path}: {error.message}") from error


def _no_key(path: Path) -> InvalidSettings:
    return InvalidSettings(
        f"{path} holds no Ed25519 key (PKCS#8 PEM, not encrypted); restore it, or move it away to have a new one made"
    )
