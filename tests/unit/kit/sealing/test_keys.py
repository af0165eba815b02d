from __future__ import annotations

import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kit.errors import InvalidSettings
from kit.sealing.keys import SigningKey, key_id, public_key_in, read_public_key
from kit.sealing.signatures import check


def test_a_created_key_is_read_back_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "signing_key.pem"
    created = SigningKey.create(path)
    assert SigningKey.load(path).public_key == created.public_key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["signing_key.pem"]


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "signing_key.pem"
    path.write_text("precious")
    with pytest.raises(InvalidSettings, match="never overwritten"):
        SigningKey.create(path)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o666])
def test_a_key_that_others_may_read_or_write_is_refused_with_the_command_that_helps(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "signing_key.pem"
    SigningKey.create(path)
    path.chmod(mode)
    with pytest.raises(InvalidSettings, match="chmod 600"):
        SigningKey.load(path)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        SigningKey.load(tmp_path / "none.pem")


def test_what_is_no_ed25519_key_is_refused(tmp_path: Path) -> None:
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for content in (b"", b"not a key", other):
        path = tmp_path / "key.pem"
        path.touch(mode=0o600)
        path.write_bytes(content)
        with pytest.raises(InvalidSettings, match="holds no Ed25519 key"):
            SigningKey.load(path)


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidSettings, match="cannot be written"):
        SigningKey.create(tmp_path / "file" / "key.pem")


def test_of_many_who_start_at_once_all_get_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "signing_key.pem"
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: SigningKey.load_or_create(path).key_id, range(16)))
    assert len(set(keys)) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_is_named_by_the_digest_of_its_public_half(tmp_path: Path) -> None:
    key = SigningKey.create(tmp_path / "key.pem")
    assert key.key_id == key_id(key.public_key) == hashlib.sha256(key.public_key).hexdigest()[:16]
    assert key.described().key_id == key.key_id


def test_the_public_half_goes_out_and_comes_in_as_pem(tmp_path: Path) -> None:
    key = SigningKey.create(tmp_path / "key.pem")
    assert public_key_in(key.public_pem()) == key.public_key


def test_a_public_key_of_another_kind_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem = other.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(InvalidSettings, match="another kind"):
        public_key_in(pem)
    with pytest.raises(InvalidSettings, match="no public key"):
        public_key_in(b"-----BEGIN NOTHING-----")


def test_the_same_bytes_get_the_same_signature(tmp_path: Path) -> None:
    key = SigningKey.create(tmp_path / "key.pem")
    assert key.sign(b"document") == key.sign(b"document")
    check(key.sign(b"document"), b"document")


def test_a_public_key_is_read_from_its_file_and_a_private_one_is_refused(tmp_path: Path) -> None:
    key, public = SigningKey.create(tmp_path / "key.pem"), tmp_path / "public.pem"
    public.write_bytes(key.public_pem())
    assert read_public_key(public) == key.public_key
    for wrong, what in ((tmp_path / "key.pem", "key.pem: the file holds no public key"), (tmp_path, "cannot be read")):
        with pytest.raises(InvalidSettings, match=what):
            read_public_key(wrong)
