"""Files under keys."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.storage.blobs import FsspecBlobs, open_blobs
from kit.errors import InvalidSettings, NotFound, StorageFull


@pytest.fixture
def blobs(tmp_path: Path) -> FsspecBlobs:
    return open_blobs(f"file://{tmp_path}/media", quota_bytes=10)


def breaking(error: Exception) -> Iterator[bytes]:
    yield b"half"
    raise error


def test_what_was_put_comes_back(blobs: FsspecBlobs) -> None:
    blobs.put("a", 4, [b"ab", b"cd"])
    assert b"".join(blobs.chunks("a")) == b"abcd"
    assert blobs.keys() == ["a"]


def test_a_missing_file_is_not_found(blobs: FsspecBlobs) -> None:
    with pytest.raises(NotFound):
        list(blobs.chunks("a"))


def test_deleting_twice_is_no_error(blobs: FsspecBlobs) -> None:
    blobs.put("a", 1, [b"a"])
    blobs.delete("a")
    blobs.delete("a")
    assert blobs.keys() == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_and_nothing_is_left(blobs: FsspecBlobs, number: int) -> None:
    with pytest.raises(StorageFull):
        blobs.put("a", 4, breaking(OSError(number, "full")))
    assert blobs.keys() == []


def test_a_disk_that_is_really_full_is_told_and_nothing_is_left(blobs: FsspecBlobs, tmp_path: Path) -> None:
    (tmp_path / "media" / "a.partial").symlink_to("/dev/full")
    with pytest.raises(StorageFull, match="disk") as refused:
        blobs.put("a", 4, [b"abcd"])
    assert isinstance(refused.value.__cause__, OSError)
    assert refused.value.__cause__.errno == errno.ENOSPC
    assert blobs.keys() == []
    blobs.put("b", 10, [b"all there is"[:10]])


def test_other_faults_of_the_disk_are_not_called_full(blobs: FsspecBlobs) -> None:
    with pytest.raises(OSError, match="broken"):
        blobs.put("a", 4, breaking(OSError(errno.EIO, "broken")))
    assert blobs.keys() == []


def test_the_quota_counts_what_is_there_and_frees_what_is_deleted(blobs: FsspecBlobs) -> None:
    blobs.put("a", 6, [b"abcdef"])
    with pytest.raises(StorageFull):
        blobs.put("b", 5, [b"abcde"])
    blobs.delete("a")
    blobs.put("b", 5, [b"abcde"])


def test_the_quota_knows_files_of_an_earlier_process(tmp_path: Path) -> None:
    open_blobs(f"file://{tmp_path}/media", 10).put("a", 6, [b"abcdef"])
    with pytest.raises(StorageFull):
        open_blobs(f"file://{tmp_path}/media", 10).put("b", 5, [b"abcde"])


@pytest.mark.parametrize("url", ["nosuch://x", "file:///proc/none/media"])
def test_a_store_that_cannot_be_opened_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(InvalidSettings):
        open_blobs(url, 10)
