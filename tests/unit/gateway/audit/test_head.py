"""Signed heads and their files."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from gateway.audit.head import FORMAT, Head, read_head
from kit.errors import DigestMismatch, InvalidRequest, NotFound
from kit.sealing.keys import SigningKey

ENDLESS = json.dumps({"format": FORMAT, "hash": "", "sequence": math.inf, "signature": {}, "timeMs": 0}).encode()
HEAD = Head(7, "ab" * 32, 1_767_225_600_000)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "head.json"
    path.write_bytes(HEAD.signed(SigningKey.create(tmp_path / "key.pem")))
    return path


def test_a_head_is_read_back_with_who_signed_it(file: Path, tmp_path: Path) -> None:
    head, signature = read_head(file)
    assert head == HEAD
    assert signature.key_id == SigningKey.load(tmp_path / "key.pem").key_id


@pytest.mark.parametrize(("name", "value"), [("sequence", 6), ("hash", "cd" * 32), ("timeMs", 0)])
def test_a_changed_head_is_refused(file: Path, name: str, value: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | {name: value}))
    with pytest.raises(DigestMismatch):
        read_head(file)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"format":"x"}', b"[" * 10_000, ENDLESS])
def test_what_is_no_head_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(InvalidRequest):
        read_head(file)


def test_a_head_that_does_not_exist_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_head(tmp_path / "none.json")
