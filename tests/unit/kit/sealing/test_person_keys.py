from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from kit.errors import InvalidSettings, ModelUntrusted
from kit.sealing.person_keys import PersonKey, PersonPublicKey

OTHER_KINDS: list[ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey] = [
    ec.generate_private_key(ec.SECP384R1()),
    ed25519.Ed25519PrivateKey.generate(),
]


def test_a_created_key_is_read_back_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "ann.pem"
    created = PersonKey.create(path)
    assert PersonKey.load(path).key_id == created.key_id
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(InvalidSettings, match="never overwritten"):
        PersonKey.create(path)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    PersonKey.create(tmp_path / "ann.pem")
    (tmp_path / "ann.pem").chmod(0o640)
    with pytest.raises(InvalidSettings, match="chmod 600"):
        PersonKey.load(tmp_path / "ann.pem")


def test_the_public_half_goes_out_and_comes_in_as_pem(tmp_path: Path) -> None:
    key = PersonKey.create(tmp_path / "ann.pem")
    (tmp_path / "ann.pub.pem").write_bytes(key.public.pem())
    public = PersonPublicKey.read(tmp_path / "ann.pub.pem")
    public.check(key.sign(b"word"), b"word")
    der = serialization.load_pem_public_key(key.public.pem()).public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert public.key_id == key.key_id == hashlib.sha256(der).hexdigest()[:16]


@pytest.mark.parametrize("document", [b"", b"wore", b"word "])
def test_a_signature_of_other_bytes_is_refused(tmp_path: Path, document: bytes) -> None:
    key = PersonKey.create(tmp_path / "ann.pem")
    with pytest.raises(ModelUntrusted, match="changed after signing"):
        key.public.check(key.sign(b"word"), document)


def test_what_is_no_signature_at_all_is_refused(tmp_path: Path) -> None:
    key = PersonKey.create(tmp_path / "ann.pem")
    signature = key.sign(b"word")
    for value in (b"", b"\x00", b"\x30" * 4096, signature.value[:-1]):
        signature.value = value
        with pytest.raises(ModelUntrusted):
            key.public.check(signature, b"word")


def test_a_private_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for content in (b"", b"not a key", *(key.private_bytes(*private) for key in OTHER_KINDS)):
        path = tmp_path / "key.pem"
        path.touch(mode=0o600)
        path.write_bytes(content)
        with pytest.raises(InvalidSettings, match="holds no private key on the curve"):
            PersonKey.load(path)


def test_a_public_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    public = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    path = tmp_path / "key.pub.pem"
    for content in (b"", b"not a key", *(key.public_key().public_bytes(*public) for key in OTHER_KINDS)):
        path.write_bytes(content)
        with pytest.raises(InvalidSettings, match="key"):
            PersonPublicKey.read(path)
    with pytest.raises(InvalidSettings, match="cannot be read"):
        PersonPublicKey.read(tmp_path / "nothing")
