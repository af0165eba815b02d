"""Keys of people and of machines that publish: ECDSA over NIST P-256 with SHA-256 (FIPS 186-5), as model signing takes them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Self, TypeGuard

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kit.errors import InvalidSettings, ModelUntrusted
from kit.sealing.key_files import MAX_KEY_FILE_BYTES, create_private, read_private
from telltale.model.v1 import registry_pb2

_ECDSA = ec.ECDSA(hashes.SHA256())


class PersonPublicKey:
    """The public half of a key.

    Attributes:
        key_id: its short name, the first 16 hexadecimal digits of the SHA-256 of its DER (SubjectPublicKeyInfo).
    """

    def __init__(self, public: ec.EllipticCurvePublicKey) -> None:
        self._public = public
        self.key_id = hashlib.sha256(_der(public)).hexdigest()[:16]

    @classmethod
    def read(cls, path: Path) -> Self:
        """The key in a PEM file. Raises InvalidSettings: it cannot be read, or holds no public key on this curve."""
        try:
            with path.open("rb") as file:
                public = serialization.load_pem_public_key(file.read(MAX_KEY_FILE_BYTES))
        except OSError as error:
            raise InvalidSettings(f"the public key {path} cannot be read: {error.strerror}") from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise InvalidSettings(f"{path} holds no public key in PEM; ask its owner for it again") from error
        if not _is_p256(public):
            raise InvalidSettings(f"the key in {path} is not on the curve NIST P-256; ask its owner for such a one")
        return cls(public)

    def check(self, signature: registry_pb2.PersonSignature, document: bytes) -> None:
        """Raises ModelUntrusted when `signature` is not this key's signature of `document`."""
        try:
            self._public.verify(signature.value, document, _ECDSA)
        except InvalidSignature as error:
            raise ModelUntrusted(
                f"the signature of key {self.key_id} is not of these bytes: they were changed after signing"
            ) from error

    def pem(self) -> bytes:
        """PEM (SubjectPublicKeyInfo), to hand on."""
        return self._public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class PersonKey:
    """A private key.

    Attributes:
        public: its public half.
    """

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public = PersonPublicKey(private.public_key())

    @property
    def key_id(self) -> str:
        """Short name of its public half."""
        return self.public.key_id

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads a key (PKCS#8 PEM, not encrypted). Raises InvalidSettings: missing, readable by others, or no such key."""
        pem = read_private(path)
        try:
            private = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _no_key(path) from error
        if not isinstance(private, ec.EllipticCurvePrivateKey) or not _is_p256(private.public_key()):
            raise _no_key(path)
        return cls(private)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Makes a key and its file, mode 600, whole or not at all. Raises InvalidSettings: there is a file, or none can be."""
        key = cls(ec.generate_private_key(ec.SECP256R1()))
        create_private(path, key.private_pem())
        return key

    def sign(self, document: bytes) -> registry_pb2.PersonSignature:
        """A signature of `document`; no two are alike."""
        return registry_pb2.PersonSignature(key_id=self.key_id, value=self._private.sign(document, _ECDSA))

    def private_pem(self) -> bytes:
        """The key as PKCS#8 PEM. A secret."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def _der(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _is_p256(public: object) -> TypeGuard[ec.EllipticCurvePublicKey]:
    return isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1)


def _no_key(path: Path) -> InvalidSettings:
    return InvalidSettings(f"{path} holds no private key on the curve NIST P-256 (PKCS#8 PEM, not encrypted)")
