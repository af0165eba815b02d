"""Files of TLS that are replaced while they are in use."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from kit.errors import InvalidSettings
from kit.rpc.credentials import ClientTls
from tests.support.certificates import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def tls(office: Office, tmp_path: Path) -> ClientTls:
    """Certificate and key in two files, as they come from elsewhere."""
    both = office.certificate("gateway").read_bytes()
    certificate, key = tmp_path / "tls.crt", tmp_path / "tls.key"
    for half in (certificate, key):
        half.write_bytes(both)
    return ClientTls(office.ca, certificate, key)


def encrypted(key: bytes) -> bytes:
    protection = BestAvailableEncryption(b"word")
    return load_pem_private_key(key, None).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)


def test_files_are_read_again_when_they_have_changed_and_not_else(tls: ClientTls, office: Office) -> None:
    files = tls.files()
    first = files.read()
    assert files.changed() is None
    renewed = office.certificate("gateway").read_bytes()
    for half in (tls.certificate, tls.key):
        assert half is not None
        half.write_bytes(renewed)
    assert files.changed() == (first[0], renewed, renewed)


def test_halves_that_do_not_fit_are_told_once_and_taken_when_they_do(tls: ClientTls, office: Office) -> None:
    files, renewed = tls.files(), office.certificate("gateway").read_bytes()
    files.read()
    assert tls.certificate is not None
    assert tls.key is not None
    tls.certificate.write_bytes(renewed)
    with pytest.raises(InvalidSettings, match="the key the certificate's own"):
        files.changed()
    assert files.changed() is None
    tls.key.write_bytes(renewed)
    assert files.changed() is not None


@pytest.mark.parametrize("content", [b"", b"half of"])
@pytest.mark.parametrize("name", ["ca", "certificate", "key"])
def test_what_cannot_be_used_is_a_clear_error(tls: ClientTls, name: str, content: bytes) -> None:
    getattr(tls, name).write_bytes(content)
    with pytest.raises(InvalidSettings, match="must be PEM"):
        tls.files().read()


def test_the_password_of_a_key_is_not_asked_for_at_the_terminal(tls: ClientTls) -> None:
    assert tls.key is not None
    tls.key.write_bytes(encrypted(tls.key.read_bytes()))
    with pytest.raises(InvalidSettings, match="not encrypted"):
        tls.files().read()


def test_a_file_that_is_away_is_named(tls: ClientTls) -> None:
    assert tls.key is not None
    tls.key.unlink()
    with pytest.raises(InvalidSettings, match=r"tls\.key cannot be read: No such file"):
        tls.files().read()
