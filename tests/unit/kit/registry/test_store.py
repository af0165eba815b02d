"""Files that are created once, in every kind of store."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kit.errors import InvalidSettings, ModelInvalid, NotFound, StorageUnavailable
from kit.files import systems
from kit.registry.store import CreateOnlyStore, Store, open_store
from tests.support.buckets import running_moto
from tests.support.registry import MemoryFiles

# gcsfs sends it at once, in a thread of its own, where nobody minds.
pytestmark = pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
KEY = "models/image/thing/1.0.0/2026-01-02/model.onnx"


@pytest.fixture
def folder_url(tmp_path: Path) -> str:
    (tmp_path / "registry").mkdir()
    return f"file://{tmp_path}/registry"


@pytest.fixture(params=["folder_url", "moto_url", "seaweed_url", "gs_url"])
def store(request: pytest.FixtureRequest) -> Store:
    return open_store(request.getfixturevalue(request.param))


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    path = tmp_path / "long"
    path.write_bytes(os.urandom(12 * 2**20))
    return path


def test_what_was_created_comes_back(store: Store) -> None:
    assert store.create("channels/dev/a.json", b"a")
    assert store.read("channels/dev/a.json") == b"a"
    assert list(store.keys("channels")) == ["channels/dev/a.json"]


def test_a_name_that_is_taken_stays_with_who_was_first(store: Store) -> None:
    assert store.create("a", b"first")
    assert not store.create("a", b"other")
    assert store.read("a") == b"first"


def test_the_same_bytes_again_are_no_loss(store: Store) -> None:
    assert store.create("a", b"same")
    assert store.create("a", b"same")


def test_of_many_at_once_one_is_first(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(lambda number: store.create("a", f"{number}".encode()), range(16)))
    assert won.count(True) == 1
    assert store.read("a") == f"{won.index(True)}".encode()


def test_a_long_file_goes_there_and_back(store: Store, long_file: Path, tmp_path: Path) -> None:
    assert store.upload(KEY, long_file)
    store.download(KEY, tmp_path / "back", max_bytes=12 * 2**20)
    assert (tmp_path / "back").read_bytes() == long_file.read_bytes()


def test_a_long_file_replaces_no_other(store: Store, long_file: Path) -> None:
    assert store.create(KEY, b"first")
    assert not store.upload(KEY, long_file)
    assert store.read(KEY) == b"first"
    assert store.upload("models/other", long_file)
    assert store.upload("models/other", long_file)


def test_a_missing_file_is_not_found(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no a/b"):
        store.read("a/b")
    with pytest.raises(NotFound):
        store.download("a/b", tmp_path / "b", max_bytes=10)


def test_a_file_that_is_longer_than_allowed_is_refused(store: Store, tmp_path: Path) -> None:
    store.create("a", b"0123456789")
    assert store.read("a", max_bytes=10) == b"0123456789"
    with pytest.raises(ModelInvalid, match="longer than 9 bytes"):
        store.read("a", max_bytes=9)
    with pytest.raises(ModelInvalid, match="longer than 9 bytes"):
        store.download("a", tmp_path / "a", max_bytes=9)


def test_an_empty_file_is_no_fault(store: Store) -> None:
    store.create("a", b"")
    assert store.read("a") == b""


def test_keys_below_a_place_are_listed_at_any_depth_and_no_others(store: Store) -> None:
    for key in ("a/b/2", "a/b/1", "a/c", "ab/d"):
        store.create(key, b"x")
    assert list(store.keys("a")) == ["a/b/1", "a/b/2", "a/c"]
    assert list(store.keys("a/b")) == ["a/b/1", "a/b/2"]
    assert list(store.keys("nothing")) == []


def test_what_others_create_is_seen_at_once(store: Store) -> None:
    assert list(store.keys("a")) == []
    store.create("a/1", b"x")
    assert list(store.keys("a")) == ["a/1"]


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../secret", "a/../b", "a//b", "a/.hidden", "a\n", "a\\b", "a" * 600]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, key: str) -> None:
    store = CreateOnlyStore(MemoryFiles())
    for use in (store.read, store.keys, lambda key: store.create(key, b"")):
        with pytest.raises(ModelInvalid, match="no place in a registry"):
            use(key)


def test_in_a_folder_neither_links_nor_pipes_are_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    root = tmp_path / "registry"
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(root / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(StorageUnavailable):
            open_store(str(root)).read(name)


def test_in_a_folder_what_a_crash_left_is_not_seen(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".0123").write_bytes(b"half")
    assert list(open_store(str(tmp_path)).keys("a")) == []


def test_in_a_folder_nothing_but_the_file_is_left(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    store.create("a", b"first")
    store.create("a", b"other")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("url", ["ftp://somewhere/models", "/no/such/folder", "file:///no/such/folder"])
def test_a_registry_that_cannot_be_opened_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(InvalidSettings):
        open_store(url)


@pytest.mark.usefixtures("moto_url")
def test_a_bucket_that_is_not_there_is_a_wrong_setting() -> None:
    with pytest.raises(InvalidSettings, match="no such bucket"):
        open_store("s3://nowhere/models")


def test_a_registry_that_went_away_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    # Asked once: to ask again, and how often, is for its library, which waits longer each time.
    monkeypatch.setattr("s3fs.S3FileSystem.retries", 1)
    monkeypatch.setitem(systems._S3_PATIENCE, "retries", {"max_attempts": 0})
    with running_moto() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        store = open_store(f"s3://{server.new_bucket()}/models")
        store.create("a", b"a")
    with pytest.raises(StorageUnavailable) as refused:
        store.read("a")
    assert refused.value.retry_after_s == 1.0


def test_a_folder_that_went_away_is_unavailable_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir()
    store = open_store(str(tmp_path / "registry"))
    store.create("a/b", b"b")
    (tmp_path / "registry").rename(tmp_path / "away")
    for look in (lambda: store.keys("a"), lambda: store.read("a/b")):
        with pytest.raises(StorageUnavailable):
            look()
    (tmp_path / "away").rename(tmp_path / "registry")
    assert store.read("a/b") == b"b"
