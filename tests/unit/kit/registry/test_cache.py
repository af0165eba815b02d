"""Which folders go when room is needed, and which never do."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from kit.errors import InvalidSettings, StorageFull
from kit.registry.cache import DiskCache

KILOBYTE = 1024


def keep(cache: DiskCache, name: str) -> None:
    """Puts a folder of 1 KiB into the cache, as who fetches does."""
    with cache.lease(name), cache.fetching() as partial:
        cache.make_room(KILOBYTE)
        (partial / "file").write_bytes(b"x" * KILOBYTE)
        cache.keep(partial, name)


def there(cache: DiskCache, *names: str) -> list[bool]:
    return [cache.place(name).is_dir() for name in names]


def used_at(folder: Path, **times_s: int) -> None:
    for name, time_s in times_s.items():
        os.utime(folder / "locks" / name, (time_s, time_s))


@pytest.fixture
def cache(tmp_path: Path) -> DiskCache:
    return DiskCache(tmp_path, 2 * KILOBYTE)


def test_the_least_recently_used_goes_first(cache: DiskCache, tmp_path: Path) -> None:
    for name in "ab":
        keep(cache, name)
    used_at(tmp_path, a=2_000, b=1_000)
    keep(cache, "c")
    assert there(cache, "a", "b", "c") == [True, False, True]


def test_what_is_used_again_counts_as_recent(cache: DiskCache, tmp_path: Path) -> None:
    for name in "ab":
        keep(cache, name)
    used_at(tmp_path, a=1_000, b=2_000)
    with cache.lease("a"):
        pass
    keep(cache, "c")
    assert there(cache, "a", "b", "c") == [True, False, True]


def test_what_is_in_use_stays_however_old_it_is(cache: DiskCache, tmp_path: Path) -> None:
    for name in "ab":
        keep(cache, name)
    with cache.lease("a"):
        used_at(tmp_path, a=1_000, b=2_000)
        keep(cache, "c")
    assert there(cache, "a", "b", "c") == [True, False, True]


def test_when_all_is_in_use_there_is_no_room(cache: DiskCache) -> None:
    for name in "ab":
        keep(cache, name)
    with cache.lease("a"), cache.lease("b"), pytest.raises(StorageFull, match="2048 are in use and 1024 are asked for"):
        keep(cache, "c")
    keep(cache, "c")


def test_what_is_too_large_for_the_cache_is_told(cache: DiskCache) -> None:
    with cache.fetching(), pytest.raises(StorageFull, match="may hold 2048 bytes"):
        cache.make_room(2049)


def hold(folder: Path, name: str, pipe: Connection) -> None:
    with DiskCache(folder, 0).lease(name):
        pipe.send("held")
        pipe.recv()


def test_what_another_process_uses_stays_until_it_ends(cache: DiskCache, tmp_path: Path) -> None:
    for name in "ab":
        keep(cache, name)
    used_at(tmp_path, a=1_000, b=2_000)
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=hold, args=(tmp_path, "a", theirs))
    process.start()
    assert ours.recv() == "held"
    keep(cache, "c")
    assert there(cache, "a", "b", "c") == [True, False, True]
    process.kill()
    process.join()
    used_at(tmp_path, a=1_000, c=2_000)
    keep(cache, "d")
    assert there(cache, "a", "c", "d") == [False, True, True]


def test_what_was_fetched_in_part_is_gone(cache: DiskCache, tmp_path: Path) -> None:
    with cache.fetching() as partial:
        (partial / "file").write_bytes(b"half")
    assert list((tmp_path / "partial").iterdir()) == []


def test_what_a_crash_left_is_swept_by_the_next(cache: DiskCache, tmp_path: Path) -> None:
    (tmp_path / "partial" / "old").mkdir(parents=True)
    (tmp_path / "partial" / "old" / "file").write_bytes(b"half")
    keep(cache, "a")
    assert list((tmp_path / "partial").iterdir()) == []


def test_who_reads_what_is_replaced_goes_on_reading(cache: DiskCache) -> None:
    keep(cache, "a")
    with (cache.place("a") / "file").open("rb") as file:
        keep(cache, "a")
        assert file.read() == b"x" * KILOBYTE
    assert there(cache, "a") == [True]


@pytest.mark.parametrize("part", ["models", "partial", "locks"])
def test_where_others_may_write_nothing_is_kept(cache: DiskCache, tmp_path: Path, part: str) -> None:
    keep(cache, "a")
    (tmp_path / part).chmod(0o770)
    with pytest.raises(InvalidSettings, match=f"{part} is of user .* with mode 770"):
        keep(cache, "b")


def test_a_link_that_somebody_put_there_first_is_not_followed(cache: DiskCache, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "models").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidSettings, match="others could exchange models"):
        keep(cache, "a")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_folder_of_somebody_else_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    os.chown(tmp_path / "cache", 12_345, 12_345)
    with pytest.raises(InvalidSettings, match="of user 12345"):
        keep(DiskCache(tmp_path / "cache", KILOBYTE), "a")


def test_only_its_owner_can_look_into_a_cache(tmp_path: Path) -> None:
    keep(DiskCache(tmp_path / "cache", KILOBYTE), "a")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_dir()} == {0o700}
