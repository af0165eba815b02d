from __future__ import annotations

import random
from pathlib import Path

import pytest

from cli.verification.outcome import Result
from cli.verification.reading import NoDocument, read_document
from cli.verification.seal import Pinned, checked_seal
from tests.support.reports import a_record, a_video_report


def is_refused(path: Path) -> bool:
    try:
        return any(check.result is Result.NO for check in checked_seal(read_document(path), None))
    except NoDocument:
        return True


def test_of_200_single_changed_bytes_every_one_is_refused(tmp_path: Path) -> None:
    path, _ = a_record(tmp_path, a_video_report())
    raw, chance = path.read_bytes(), random.Random(6)
    assert not is_refused(path)
    for place in chance.sample(range(len(raw)), 200):
        changed = raw[:place] + bytes([raw[place] ^ chance.randrange(1, 256)]) + raw[place + 1 :]
        path.write_bytes(changed)
        assert is_refused(path), (place, raw[place - 20 : place + 20])


@pytest.mark.parametrize("sign", [b" ", b"\n", b"\t", b"\x00", b"0", b",", b"=", b"A"])
def test_a_byte_put_in_anywhere_is_refused(tmp_path: Path, sign: bytes) -> None:
    path, _ = a_record(tmp_path)
    raw, chance = path.read_bytes(), random.Random(sign)
    for place in [0, len(raw), *chance.sample(range(len(raw)), 20)]:
        path.write_bytes(raw[:place] + sign + raw[place:])
        assert is_refused(path), place


def test_a_byte_taken_out_anywhere_is_refused(tmp_path: Path) -> None:
    path, _ = a_record(tmp_path)
    raw, chance = path.read_bytes(), random.Random(7)
    for place in [0, len(raw) - 1, *chance.sample(range(len(raw)), 40)]:
        path.write_bytes(raw[:place] + raw[place + 1 :])
        assert is_refused(path), place


def test_the_last_sign_of_every_base64_value_counts(tmp_path: Path) -> None:
    path, _ = a_record(tmp_path)
    raw = path.read_bytes()
    tails = [place for place in range(1, len(raw)) if raw[place : place + 1] == b"=" and raw[place - 1 : place] != b"="]
    assert tails
    for place in tails:
        for sign in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/":
            if sign != raw[place - 1]:
                path.write_bytes(raw[: place - 1] + bytes([sign]) + raw[place:])
                assert is_refused(path)


def test_of_two_keys_with_one_identifier_only_the_pinned_one_is_taken(tmp_path: Path) -> None:
    path, key = a_record(tmp_path)
    *_, known = checked_seal(read_document(path), Pinned(key.key_id, key.public_key))
    *_, other = checked_seal(read_document(path), Pinned(key.key_id, bytes(32)))
    assert (known.result, other.result) == (Result.OK, Result.NO)
    assert "but it is another" in other.text
