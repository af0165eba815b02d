"""A download is believed by its digest alone. Nothing here is fetched."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import IO

import pytest
from pydantic import ValidationError

from colab_training.preparation.download import WrongDigest, fetch, fetch_all
from colab_training.preparation.settings import Download

BODY = b"a picture" * 1000


class Web:
    """Answers every address with one body and counts."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.asked: list[str] = []

    def open(self, url: str) -> IO[bytes]:
        self.asked.append(url)
        return io.BytesIO(self.body)


def listed(file: str = "scenes/a.jpg") -> Download:
    digest = hashlib.sha256(BODY).hexdigest()
    return Download(url="https://example.org/a", sha256=digest, file=file, licence="CC0")


def test_a_file_with_the_right_digest_is_kept(tmp_path: Path) -> None:
    assert fetch(listed(), tmp_path, Web(BODY).open).read_bytes() == BODY


def test_a_wrong_digest_is_refused_and_nothing_stays(tmp_path: Path) -> None:
    with pytest.raises(WrongDigest, match="SHA-256"):
        fetch(listed(), tmp_path, Web(b"something else").open)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    web = Web(BODY)
    fetch_all([listed(), listed()], tmp_path, web.open)
    assert len(web.asked) == 1


def test_a_file_that_went_bad_is_fetched_again(tmp_path: Path) -> None:
    fetch(listed(), tmp_path, Web(BODY).open).write_bytes(b"half")
    assert fetch(listed(), tmp_path, Web(BODY).open).read_bytes() == BODY


@pytest.mark.parametrize("file", ["../a.jpg", "/etc/a.jpg", "a/../../b.jpg", ".hidden/a.jpg"])
def test_no_download_leaves_the_data_folder(file: str) -> None:
    with pytest.raises(ValidationError, match="file"):
        listed(file)


def test_only_https_is_listed() -> None:
    with pytest.raises(ValidationError, match="url"):
        Download(url="file:///etc/passwd", sha256="0" * 64, file="a", licence="CC0")
