"""What the signature of a folder is worth."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kit.errors import ModelUntrusted
from kit.registry.signing import sign_folder, verify_folder
from kit.registry.trust import Trust
from kit.sealing.person_keys import PersonKey
from tests.support.registry import model_folder, new_person, trust_in

ANN, EVE = new_person(), new_person()
TRUST = trust_in(ann=ANN)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return model_folder(tmp_path)


@pytest.fixture
def signature(folder: Path, tmp_path: Path) -> Path:
    sign_folder(folder, tmp_path / "model.sig", ANN)
    return tmp_path / "model.sig"


def test_what_a_trusted_person_signed_is_verified_and_named(folder: Path, signature: Path) -> None:
    assert verify_folder(folder, signature, trust_in(bob=new_person(), ann=ANN)).name == "ann"


def test_the_folder_may_be_elsewhere_by_then(folder: Path, signature: Path, tmp_path: Path) -> None:
    assert verify_folder(folder.rename(tmp_path / "elsewhere"), signature, TRUST).name == "ann"


@pytest.mark.parametrize("file", ["thing.json", "card.json", "CARD.md"])
def test_a_changed_byte_is_noticed_in_every_file(folder: Path, signature: Path, file: str) -> None:
    content = bytearray((folder / file).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / file).write_bytes(content)
    with pytest.raises(ModelUntrusted, match=f"not what ann signed: {file} was changed"):
        verify_folder(folder, signature, TRUST)


@pytest.mark.parametrize("file", ["extra.txt", ".gitignore", ".git/config", "model.sig", "below/extra.txt"])
def test_a_file_that_was_added_is_noticed(folder: Path, signature: Path, file: str) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text("smuggled")
    with pytest.raises(ModelUntrusted, match=f"{file} was not signed"):
        verify_folder(folder, signature, TRUST)


def test_a_file_that_is_missing_is_noticed(folder: Path, signature: Path) -> None:
    (folder / "CARD.md").unlink()
    with pytest.raises(ModelUntrusted, match=r"CARD\.md is missing"):
        verify_folder(folder, signature, TRUST)


def test_a_link_in_place_of_a_file_is_refused(folder: Path, signature: Path, tmp_path: Path) -> None:
    (folder / "CARD.md").rename(tmp_path / "CARD.md")
    (folder / "CARD.md").symlink_to(tmp_path / "CARD.md")
    with pytest.raises(ModelUntrusted, match="not what ann signed"):
        verify_folder(folder, signature, TRUST)


def test_a_stranger_is_not_believed(folder: Path, tmp_path: Path) -> None:
    sign_folder(folder, tmp_path / "model.sig", EVE)
    with pytest.raises(ModelUntrusted, match="a key that is not trusted here"):
        verify_folder(folder, tmp_path / "model.sig", TRUST)
    with pytest.raises(ModelUntrusted):
        verify_folder(folder, tmp_path / "model.sig", Trust({}))


def test_who_has_no_signature_is_not_believed(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUntrusted, match="no signature"):
        verify_folder(folder, tmp_path / "model.sig", TRUST)


def forge(
    signature: Path, change: Callable[[dict[str, Any], dict[str, Any]], None], key: PersonKey | None = None
) -> None:
    """Changes a signature file; with a key, so that the signature is right."""
    bundle = json.loads(signature.read_bytes())
    statement = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    change(bundle, statement)
    payload = json.dumps(statement).encode()
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    if key:
        encoded = b"DSSEv1 28 application/vnd.in-toto+json %d %s" % (len(payload), payload)
        bundle["dsseEnvelope"]["signatures"][0]["sig"] = base64.b64encode(key.sign(encoded).value).decode()
    signature.write_text(json.dumps(bundle))


def test_a_stranger_who_names_a_trusted_key_is_not_believed(folder: Path, signature: Path) -> None:
    forge(signature, lambda bundle, statement: None, EVE)
    with pytest.raises(ModelUntrusted, match="not by the key of ann"):
        verify_folder(folder, signature, TRUST)


def test_a_statement_that_was_changed_is_not_believed(folder: Path, signature: Path) -> None:
    (folder / "CARD.md").unlink()
    forge(signature, lambda bundle, statement: statement["predicate"]["resources"].pop(0))
    with pytest.raises(ModelUntrusted, match="not by the key of ann"):
        verify_folder(folder, signature, TRUST)


def ignoring(bundle: dict[str, Any], statement: dict[str, Any]) -> None:
    statement["predicate"]["serialization"]["ignore_paths"] = ["extra.txt"]


def following(bundle: dict[str, Any], statement: dict[str, Any]) -> None:
    statement["predicate"]["serialization"]["allow_symlinks"] = True


def old_kind(bundle: dict[str, Any], statement: dict[str, Any]) -> None:
    statement["predicateType"] = "https://model_signing/Digests/v0.1"


def no_key(bundle: dict[str, Any], statement: dict[str, Any]) -> None:
    del bundle["verificationMaterial"]["publicKey"]["hint"]


def certificate(bundle: dict[str, Any], statement: dict[str, Any]) -> None:
    bundle["verificationMaterial"]["x509CertificateChain"] = {"certificates": []}


def two_signatures(bundle: dict[str, Any], statement: dict[str, Any]) -> None:
    bundle["dsseEnvelope"]["signatures"] *= 2


@pytest.mark.parametrize("change", [ignoring, following, old_kind, no_key, certificate, two_signatures])
def test_of_the_format_only_what_we_write_is_taken_even_from_who_is_trusted(
    folder: Path, signature: Path, change: Callable[[dict[str, Any], dict[str, Any]], None]
) -> None:
    forge(signature, change, ANN)
    with pytest.raises(ModelUntrusted, match="none of ours"):
        verify_folder(folder, signature, TRUST)


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"null", b"{}", b"[" * 60_000, b'{"a":' * 10_000, b" " * 2**17], ids=range(7)
)
def test_what_is_no_signature_is_refused(folder: Path, signature: Path, content: bytes) -> None:
    signature.write_bytes(content)
    with pytest.raises(ModelUntrusted):
        verify_folder(folder, signature, TRUST)
