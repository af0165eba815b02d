from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from cli.verify import EXIT_REFUSED
from kit.models.registry import Registry
from kit.sealing.canonical import canonical_json
from kit.sealing.keys import SigningKey
from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2
from tests.support.reports import CUE, a_record, a_registry, a_report

MEDIUM = b"the medium"


def verify(*arguments: str | Path, expected: int = 0) -> Result:
    result = CliRunner(env={"COLUMNS": "250"}).invoke(main, ["verify", *map(str, arguments)])
    assert result.exit_code == expected, result.output
    return result


def refused(*arguments: str | Path) -> str:
    return verify(*arguments, expected=EXIT_REFUSED).output


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_registry(tmp_path_factory.mktemp("models"))


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return a_record(tmp_path)[0]


def of_the_medium() -> media_pb2.MediaInfo:
    return media_pb2.MediaInfo(
        kind=media_pb2.MEDIA_KIND_IMAGE,
        mime_type="image/jpeg",
        size_bytes=len(MEDIUM),
        sha256=hashlib.sha256(MEDIUM).hexdigest(),
    )


def test_an_unchanged_report_passes_and_what_was_not_checked_is_named(record: Path, registry: Path) -> None:
    output = verify(record, "--models", registry).output
    assert "ok          signature" in output
    assert "judged again" in output
    assert "which you have not pinned" in output
    assert "not checked media" in output
    assert "no check says no; not checked: 3" in output


def test_changed_bytes_are_refused(record: Path, registry: Path) -> None:
    raw = record.read_bytes()
    for place in (0, raw.index(b"riskScore"), raw.index(b"="), len(raw) - 1):
        record.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        refused(record, "--models", registry)


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw + b"\n",
        lambda raw: b" " + raw,
        lambda raw: raw.replace(b'","', b'", "', 1),
        lambda raw: raw.replace(b"}}", b"},}", 1),
        lambda raw: raw.replace(b'"depth":"DEPTH_STANDARD"', b'"depth":2'),
        lambda raw: raw.replace(b'"quality":0.9', b'"quality":0.90'),
        lambda raw: raw.replace(b'"quality":0.9', b'"quality":0.9,"quality":0.9'),
        lambda raw: b"\xef\xbb\xbf" + raw,
    ],
)
def test_the_same_content_in_other_bytes_is_refused(record: Path, registry: Path, change: object) -> None:
    before = record.read_bytes()
    record.write_bytes(change(before))  # type: ignore[operator]  # a lambda
    assert record.read_bytes() != before
    assert "no          bytes" in refused(record, "--models", registry)


def test_other_padding_of_base64_is_refused(record: Path, registry: Path) -> None:
    raw = record.read_bytes()
    tail = raw.index(b'=="')
    other = bytes([raw[tail - 1] + 1])  # base64 ignores the last four bits there, so the message stays the same
    record.write_bytes(raw[: tail - 1] + other + raw[tail:])
    output = refused(record, "--models", registry)
    assert "no          bytes" in output
    assert "ok          signature" in output


def test_a_pinned_key_is_recognised_by_name_and_by_file(tmp_path: Path, registry: Path) -> None:
    record, key = a_record(tmp_path)
    public = tmp_path / "public.pem"
    public.write_bytes(key.public_pem())
    for pinned in (key.key_id, key.key_id.upper(), base64.b64encode(key.public_key).decode(), public):
        assert "the one that you gave" in verify(record, "--models", registry, "--key", pinned).output


def test_a_report_that_somebody_else_signed_is_refused_for_a_pinned_key(tmp_path: Path, registry: Path) -> None:
    record, _ = a_record(tmp_path)
    other = SigningKey.create(tmp_path / "other.pem")
    assert "not by" in refused(record, "--models", registry, "--key", other.key_id)


def test_the_file_that_was_judged_is_recognised(tmp_path: Path, registry: Path) -> None:
    record, _ = a_record(tmp_path, a_report(of_the_medium()))
    medium = tmp_path / "medium"
    medium.write_bytes(MEDIUM)
    assert "ok          media" in verify(record, medium, "--models", registry).output


@pytest.mark.parametrize("other", [b"THE medium", b"the medium and more"])
def test_a_swapped_medium_is_refused(tmp_path: Path, registry: Path, other: bytes) -> None:
    record, _ = a_record(tmp_path, a_report(of_the_medium()))
    medium = tmp_path / "medium"
    medium.write_bytes(other)
    assert "its SHA-256 is" in refused(record, medium, "--models", registry)


def test_a_model_with_another_card_is_refused(record: Path, tmp_path: Path) -> None:
    swapped = a_registry(tmp_path / "models")
    card = next(swapped.glob(f"{CUE}/*/card.json"))
    card.write_text(card.read_text().replace("{", "{ ", 1))
    assert "is another one" in refused(record, "--models", swapped)


def test_a_model_with_other_weights_is_refused(record: Path, tmp_path: Path) -> None:
    swapped = a_registry(tmp_path / "models")
    loaded = Registry(swapped).load(CUE)
    weights = loaded.artefact(loaded.card.artefacts[0].file)
    weights.write_bytes(weights.read_bytes() + b" ")
    assert "damaged or swapped" in refused(record, "--models", swapped)


def test_models_that_are_not_here_are_not_checked(record: Path, tmp_path: Path) -> None:
    output = verify(record, "--models", tmp_path / "none").output
    assert "not checked model      fusion" in output
    assert "not checked verdict" in output


def a_receipt(key: SigningKey, receipt_format: str = "telltale-deletion/1") -> resources_pb2.DeletionReceipt:
    digest = hashlib.sha256(MEDIUM).hexdigest()
    receipt = resources_pb2.DeletionReceipt(
        format=receipt_format, deleted=["media/a"], artefacts=["file"], media_sha256=digest
    )
    receipt.signature.CopyFrom(key.sign(canonical_json(receipt, without=("signature",))))
    return receipt


def test_a_receipt_is_told_in_words_and_held_against_the_file(tmp_path: Path) -> None:
    path, medium = tmp_path / "receipt.json", tmp_path / "medium"
    path.write_bytes(canonical_json(a_receipt(SigningKey.create(tmp_path / "key.pem"))))
    medium.write_bytes(MEDIUM)
    output = verify(path, medium).output
    assert "media/a; file; of the file with SHA-256" in output
    assert "a copy of the file that was deleted" in output
    medium.write_bytes(b"another medium")
    assert "no          media" in refused(path, medium)


def test_a_signed_document_of_another_format_is_no_receipt(tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(canonical_json(a_receipt(SigningKey.create(tmp_path / "key.pem"), "telltale-greeting/1")))
    assert "no          receipt" in refused(path)


def test_a_deletion_receipt_is_checked(tmp_path: Path) -> None:
    key = SigningKey.create(tmp_path / "key.pem")
    receipt = a_receipt(key)
    path = tmp_path / "receipt.json"
    path.write_bytes(canonical_json(receipt))
    assert "ok          signature" in verify(path, "--key", key.key_id).output
    path.write_bytes(canonical_json(receipt).replace(b"media/a", b"media/b"))
    assert "no          signature" in refused(path)


def test_answers_for_scripts_are_json(record: Path, registry: Path) -> None:
    answer = json.loads(verify(record, "--models", registry, "--json").stdout)
    assert answer["ok"] is True
    assert {"name": "bytes", "result": "ok", "text": "canonical, as we write them"} in answer["checks"]


def test_a_file_that_is_missing_is_an_error_and_no_refusal(tmp_path: Path) -> None:
    assert "does not exist" in verify(tmp_path / "none.json", expected=1).output


@pytest.mark.parametrize("none", ["my key", "0123", "A" * 5000])
def test_a_key_that_is_none_is_an_error(record: Path, none: str) -> None:
    assert "16 hexadecimal digits" in verify(record, "--key", none, expected=1).output


def test_a_replay_needs_the_file(record: Path) -> None:
    assert "needs MEDIA" in verify(record, "--replay", expected=2).output


def test_a_receipt_is_checked_in_the_answer_that_brought_it(tmp_path: Path) -> None:
    key = SigningKey.create(tmp_path / "key.pem")
    receipt = a_receipt(key)
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"deleted": ["media/a"], "receipt": json.loads(canonical_json(receipt))}, indent=2))
    output = verify(path, "--key", key.key_id).output
    assert "ok          signature" in output
    assert "not checked bytes" in output
