"""A private authority and short-lived certificates (X.509, RFC 5280) by which services on one machine know each other."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kit.errors import InvalidSettings

# Clocks of two machines differ; a certificate from the future would be refused.
_EARLIER = timedelta(minutes=5)
_AUTHORITY_LIFETIME = timedelta(days=3650)
_USES = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
_SIGNS, _SIGNS_CERTIFICATES = {"digital_signature": True}, {"key_cert_sign": True, "crl_sign": True}
_KEY_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class Identity:
    """A certificate and its key, both PEM, to be a server and a client by."""

    certificate: bytes
    key: bytes

    def __repr__(self) -> str:
        return "Identity(...)"

    def write(self, path: Path) -> None:
        """Puts both into one file, mode 600, in place of the one before: who reads it never sees halves of two."""
        replace_private(path, self.key + self.certificate)


class Authority:
    """Signs certificates. Its key (ECDSA, P-256) is in memory and nowhere else; it ends with the process.

    Attributes:
        certificate: what others believe it by, PEM.
    """

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self._key = key
        self._certificate = certificate
        self.certificate = certificate.public_bytes(serialization.Encoding.PEM)

    @classmethod
    def create(cls, now: datetime) -> Self:
        """A new one, for ten years."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Telltale private authority")
        builder = (
            _builder(name, name, key.public_key(), now, _AUTHORITY_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(_SIGNS_CERTIFICATES), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        return cls(key, builder.sign(key, hashes.SHA256()))

    def issue(self, names: Sequence[str], now: datetime, lifetime: timedelta) -> Identity:
        """A certificate with these subject alternative names (DNS), the first one also as its common name."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = self._certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        builder = (
            _builder(_name(names[0]), self._certificate.subject, key.public_key(), now, lifetime)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(_SIGNS), critical=True)
            .add_extension(x509.ExtendedKeyUsage(_USES), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
        )
        certificate = builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        return Identity(certificate, _pem(key))


def replace_private(path: Path, content: bytes) -> None:
    """Writes a file, mode 600, whole or not at all, over the one before. Raises InvalidSettings when it cannot be written."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):  # Where there is none; and what is wrong is told already.
            partial.unlink()
        raise InvalidSettings(f"the certificate {path} cannot be written: {error.strerror}") from error


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, lifetime: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + lifetime)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _key_usage(allowed: dict[str, bool]) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: allowed.get(use, False) for use in _KEY_USES})


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
