from __future__ import annotations

from pathlib import Path

import pytest

from cli.verification import reading
from cli.verification.reading import NoDocument, read_document, safe
from kit.errors import InvalidRequest, MediaTooLarge, NotFound
from telltale.report.v1 import report_pb2
from tests.support.reports import a_record


def test_a_report_is_read(tmp_path: Path) -> None:
    path, _ = a_record(tmp_path)
    read = read_document(path)
    assert isinstance(read.document, report_pb2.SignedReport)
    assert read.raw == path.read_bytes()


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\xff\xfe{",
        b"null",
        b"[]",
        b'"report"',
        b'{"report":',
        b'{"report":null,"report":7}',
        b'{"report":{"unheard_of":1}}',
        b'{"report":{"analysis":{"verdict":{"riskScore":NaN1}}}}',
        b'{"report":{"analysis":{"verdict":{"riskScore":1e999}}}}',
        b'{"report":{"analysis":{"info":{"sizeBytes":' + b"9" * 5000 + b"}}}}",
        b'{"report":{"analysis":{"info":{"widthPx":-1}}}}',
        b'{"report":{"judged":{"evidence":[{"cue":"BAD CUE"}]}}}',
        b'{"report":{"custody":[{"time":"yesterday"}]}}',
        b'{"report":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"report":{"judged":{"evidence":[' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"]}}}",
        b'{"deleted":{"a":1}}',
        b'{"deleted":["media/seen"],"deleted":["media/signed"]}',
        b'{"receipt":{"deleted":["media/signed"]},"deleted":["media/seen"]}',
        b'{"receipt":{"deleted":["media/signed"]},"note":"of what you asked for"}',
        b'{"report":{"judged":{"media":{},"evidence":[' + b",".join([b'{"cue":"a_cue"}'] * 50_000) + b"]}}}",
    ],
)
def test_what_is_no_document_is_a_typed_refusal(tmp_path: Path, hostile: bytes) -> None:
    path = tmp_path / "hostile.json"
    path.write_bytes(hostile)
    with pytest.raises(NoDocument):
        read_document(path)


def test_a_file_longer_than_any_report_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    path = tmp_path / "long.json"
    path.write_bytes(b"{" * 101)
    with pytest.raises(MediaTooLarge):
        read_document(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_document(tmp_path / "none")
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_document(tmp_path)


def test_a_strangers_text_cannot_steer_a_terminal() -> None:
    assert safe("a\x1b[2J\nb\u202e") == "a�[2J�b�"
    assert len(safe("x" * 1000)) == 160
