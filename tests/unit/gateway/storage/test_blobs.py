"""Files under keys, in every kind of store."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.storage.blobs import FsspecBlobs, open_blobs
from gateway.storage.quota import MEASURED_FOR_S
from kit.errors import InvalidSettings, NotFound, StorageFull, StorageUnavailable
from tests.support.buckets import ObjectStore, running_moto
from tests.support.clock import FakeClock

# gcsfs sends 8 MiB at once, in a thread of its own, where nobody minds.
pytestmark = pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
LONG = [os.urandom(2**20) for _ in range(10)]
"""More than a store on the network is sent at once."""


@pytest.fixture
def folder_url(tmp_path: Path) -> str:
    return f"file://{tmp_path}/media"


@pytest.fixture(params=["folder_url", "moto_url", "gs_url"])
def url(request: pytest.FixtureRequest) -> str:
    """A new store of each kind."""
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def blobs(url: str) -> FsspecBlobs:
    return open_blobs(url, quota_bytes=2**30, clock=FakeClock())


@pytest.fixture
def folder(folder_url: str) -> FsspecBlobs:
    return open_blobs(folder_url, quota_bytes=10, clock=FakeClock())


def breaking(*pieces: bytes, error: Exception) -> Iterator[bytes]:
    yield from pieces
    raise error


def test_what_was_put_comes_back(blobs: FsspecBlobs) -> None:
    assert blobs.keys() == []
    blobs.put("a", 4, [b"ab", b"cd"])
    assert b"".join(blobs.chunks("a")) == b"abcd"
    assert blobs.keys() == ["a"]


def test_a_long_file_comes_back_in_pieces(blobs: FsspecBlobs) -> None:
    blobs.put("long", 10 * 2**20, LONG)
    pieces = list(blobs.chunks("long"))
    assert b"".join(pieces) == b"".join(LONG)
    assert max(map(len, pieces)) <= 2**20


def test_what_is_put_again_replaces_what_was_there(blobs: FsspecBlobs) -> None:
    blobs.put("a", 1, [b"a"])
    blobs.put("a", 2, [b"bb"])
    assert b"".join(blobs.chunks("a")) == b"bb"


def test_a_missing_file_is_not_found(blobs: FsspecBlobs) -> None:
    with pytest.raises(NotFound):
        list(blobs.chunks("a"))


def test_deleting_twice_is_no_error(blobs: FsspecBlobs) -> None:
    blobs.put("a", 1, [b"a"])
    assert [blobs.delete("a"), blobs.delete("a")] == [True, False]
    assert blobs.keys() == []


@pytest.mark.parametrize("pieces", [LONG[:1], LONG], ids=["short", "long"])
def test_of_a_file_that_breaks_off_nothing_is_left(blobs: FsspecBlobs, pieces: list[bytes]) -> None:
    with pytest.raises(StorageUnavailable):
        blobs.put("a", 20 * 2**20, breaking(*pieces, error=OSError(errno.EIO, "broken")))
    assert blobs.keys() == []


def test_of_a_file_that_breaks_off_no_parts_stay_in_the_bucket(moto: ObjectStore, moto_url: str) -> None:
    blobs = open_blobs(moto_url, quota_bytes=2**30, clock=FakeClock())
    with pytest.raises(StorageUnavailable):
        blobs.put("a", 20 * 2**20, breaking(*LONG, error=OSError(errno.EIO, "broken")))
    assert "Uploads" not in moto.client().list_multipart_uploads(Bucket=moto_url.split("/")[2])


def test_what_another_process_stores_and_deletes_is_seen_at_once(url: str) -> None:
    ours, theirs = (open_blobs(url, quota_bytes=2**30, clock=FakeClock()) for _ in range(2))
    assert ours.keys() == []
    theirs.put("a", 1, [b"a"])
    assert (ours.keys(), b"".join(ours.chunks("a"))) == (["a"], b"a")
    theirs.delete("a")
    assert (ours.keys(), ours.delete("a")) == ([], False)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_and_nothing_is_left(folder: FsspecBlobs, number: int) -> None:
    with pytest.raises(StorageFull):
        folder.put("a", 4, breaking(b"half", error=OSError(number, "full")))
    assert folder.keys() == []


def test_a_disk_that_is_really_full_is_told_and_nothing_is_left(folder: FsspecBlobs, tmp_path: Path) -> None:
    (tmp_path / "media" / "a.partial").symlink_to("/dev/full")
    with pytest.raises(StorageFull, match="disk") as refused:
        folder.put("a", 4, [b"abcd"])
    assert isinstance(refused.value.__cause__, OSError)
    assert refused.value.__cause__.errno == errno.ENOSPC
    assert folder.keys() == []
    folder.put("b", 10, [b"all there is"[:10]])


def test_what_a_crash_left_of_an_attempt_goes_with_the_file(folder: FsspecBlobs, tmp_path: Path) -> None:
    folder.put("a", 1, [b"a"])
    (tmp_path / "media" / "a.partial").write_bytes(b"half")
    assert folder.delete("a")
    assert folder.keys() == []


def test_the_quota_counts_what_is_there_and_frees_what_is_deleted(folder: FsspecBlobs) -> None:
    folder.put("a", 6, [b"abcdef"])
    with pytest.raises(StorageFull):
        folder.put("b", 5, [b"abcde"])
    folder.delete("a")
    folder.put("b", 5, [b"abcde"])


def test_the_quota_knows_files_of_an_earlier_process(folder_url: str) -> None:
    open_blobs(folder_url, 10, FakeClock()).put("a", 6, [b"abcdef"])
    with pytest.raises(StorageFull):
        open_blobs(folder_url, 10, FakeClock()).put("b", 5, [b"abcde"])


def test_the_quota_sees_after_a_while_what_others_stored(folder_url: str) -> None:
    clock = FakeClock()
    ours, theirs = (open_blobs(folder_url, 10, clock) for _ in range(2))
    ours.put("a", 1, [b"a"])
    theirs.put("b", 6, [b"abcdef"])
    clock.advance(MEASURED_FOR_S)
    with pytest.raises(StorageFull):
        ours.put("c", 5, [b"abcde"])


def test_the_quota_sees_before_it_refuses_what_others_deleted(folder_url: str) -> None:
    clock = FakeClock()
    ours, theirs = (open_blobs(folder_url, 10, clock) for _ in range(2))
    ours.put("a", 10, [b"0123456789"])
    theirs.delete("a")
    clock.advance(10)
    ours.put("b", 10, [b"0123456789"])


@pytest.mark.parametrize("bad", ["nosuch://x", "file:///proc/none/media"])
def test_a_store_that_cannot_be_opened_is_a_wrong_setting(bad: str) -> None:
    with pytest.raises(InvalidSettings):
        open_blobs(bad, 10, FakeClock())


@pytest.mark.usefixtures("moto_url")
def test_a_bucket_that_is_not_there_is_a_wrong_setting() -> None:
    with pytest.raises(InvalidSettings, match="no bucket"):
        open_blobs("s3://nowhere/media", 10, FakeClock())


def test_a_bucket_that_keeps_what_is_deleted_is_a_wrong_setting(moto: ObjectStore, moto_url: str) -> None:
    versioning = {"Status": "Enabled"}
    moto.client().put_bucket_versioning(Bucket=moto_url.split("/")[2], VersioningConfiguration=versioning)
    with pytest.raises(InvalidSettings, match="versions"):
        open_blobs(moto_url, 10, FakeClock())


def test_a_store_that_went_away_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_moto() as store:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        blobs = open_blobs(f"s3://{store.new_bucket()}/media", 2**30, FakeClock())
        blobs.put("a", 1, [b"a"])
    with pytest.raises(StorageUnavailable) as refused:
        list(blobs.chunks("a"))
    assert refused.value.retry_after_s == 1.0


def test_on_a_real_s3_files_come_whole_or_not_at_all_and_go(seaweed: ObjectStore, seaweed_url: str) -> None:
    blobs = open_blobs(seaweed_url, 2**30, FakeClock())
    blobs.put("long", 10 * 2**20, LONG)
    assert b"".join(blobs.chunks("long")) == b"".join(LONG)
    with pytest.raises(StorageUnavailable):
        blobs.put("half", 20 * 2**20, breaking(*LONG, error=OSError(errno.EIO, "broken")))
    assert (blobs.keys(), blobs.delete("long")) == (["long"], True)
    assert seaweed.everything(seaweed_url.split("/")[2]) == {}
