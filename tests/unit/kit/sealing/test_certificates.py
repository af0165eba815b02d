"""A private authority, and what it signs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from kit.errors import InvalidSettings
from kit.sealing.certificates import Authority

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def verify(authority: Authority, certificate: bytes, time: datetime, name: str = "gateway") -> None:
    store = Store([x509.load_pem_x509_certificate(authority.certificate)])
    verifier = PolicyBuilder().store(store).time(time).build_server_verifier(x509.DNSName(name))
    verifier.verify(x509.load_pem_x509_certificate(certificate), [])


def test_a_certificate_is_good_for_its_names_and_its_time() -> None:
    authority = Authority.create(NOW)
    identity = authority.issue(["gateway", "localhost"], NOW, HOUR)
    for name in ("gateway", "localhost"):
        verify(authority, identity.certificate, NOW, name)
    with pytest.raises(VerificationError):
        verify(authority, identity.certificate, NOW, "image-svc")
    with pytest.raises(VerificationError):
        verify(authority, identity.certificate, NOW + HOUR + timedelta(seconds=1))


def test_another_authority_is_not_believed() -> None:
    with pytest.raises(VerificationError):
        verify(Authority.create(NOW), Authority.create(NOW).issue(["gateway"], NOW, HOUR).certificate, NOW)


def test_a_certificate_cannot_sign_others() -> None:
    certificate = x509.load_pem_x509_certificate(Authority.create(NOW).issue(["gateway"], NOW, HOUR).certificate)
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_key_and_certificate_are_one_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    identity = Authority.create(NOW).issue(["gateway"], NOW, HOUR)
    identity.write(tmp_path / "gateway.pem")
    written = (tmp_path / "gateway.pem").read_bytes()
    assert (tmp_path / "gateway.pem").stat().st_mode & 0o777 == 0o600
    key = load_pem_private_key(written, None).public_key()
    assert key == x509.load_pem_x509_certificate(written).public_key()
    assert identity.key.decode() not in repr(identity)


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    authority = Authority.create(NOW)
    for _ in range(2):
        authority.issue(["gateway"], NOW, HOUR).write(tmp_path / "gateway.pem")
    assert [path.name for path in tmp_path.iterdir()] == ["gateway.pem"]


def test_a_folder_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    identity = Authority.create(NOW).issue(["gateway"], NOW, HOUR)
    with pytest.raises(InvalidSettings, match="cannot be written"):
        identity.write(tmp_path / "missing" / "gateway.pem")


def test_a_key_that_could_not_be_put_in_its_place_is_not_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "gateway.pem").mkdir()
    with pytest.raises(InvalidSettings, match="cannot be written"):
        Authority.create(NOW).issue(["gateway"], NOW, HOUR).write(tmp_path / "gateway.pem")
    assert [path.name for path in tmp_path.iterdir()] == ["gateway.pem"]
