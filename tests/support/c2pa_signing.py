"""An authority of our own that signs C2PA manifests, for tests alone. Keys are new in every run."""

from __future__ import annotations

import datetime
import io
import json
from dataclasses import dataclass

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True)
class Signer:
    """A signing key with its chain, and the authority's certificate in PEM."""

    key_pem: str
    chain_pem: str
    anchor_pem: str


def _name(common: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Telltale Tests")
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common), organisation])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _certificate(
    subject: str, issuer: str, key: ec.EllipticCurvePublicKey, signing: ec.EllipticCurvePrivateKey, *, authority: bool
) -> str:
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + 30 * day)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(signing, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def new_signer() -> Signer:
    """A signer below a new authority."""
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    anchor = _certificate("Test authority", "Test authority", authority.public_key(), authority, authority=True)
    leaf = _certificate("Test signer", "Test authority", own.public_key(), authority, authority=False)
    key = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return Signer(key, leaf + anchor, anchor)


def sign(jpeg: bytes, signer: Signer, source_type: str) -> bytes:
    """`jpeg` with a manifest that declares it as created from an IPTC digital source type."""
    kind = f"http://cv.iptc.org/newscodes/digitalsourcetype/{source_type}"
    action = {"action": "c2pa.created", "digitalSourceType": kind}
    manifest = {
        "claim_generator_info": [{"name": "telltale_tests", "version": "1.0"}],
        "title": "picture",
        "format": "image/jpeg",
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [action]}}],
    }
    info = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, signer.chain_pem.encode(), signer.key_pem.encode(), None)
    target = io.BytesIO()
    with c2pa.Signer.from_info(info) as signing, c2pa.Builder(json.dumps(manifest)) as builder:
        builder.sign(signing, "image/jpeg", io.BytesIO(jpeg), target)
    return target.getvalue()
