"""What of a registry reaches a service."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kit.errors import ModelInvalid, ModelUntrusted, StorageFull, StorageUnavailable
from kit.registry.fetch import ModelCache
from telltale.model.v1 import registry_pb2
from tests.support.registry import Town, new_person, trust_in

PLACE = "models/image/thing/1.0.0/2026-01-01"


def models_in(town: Town) -> list[Path]:
    return list((town.folder / "cache" / "models").iterdir())


def test_a_model_is_fetched_and_can_be_loaded(town: Town) -> None:
    release = town.published()
    model = town.cache().fetch(release)
    assert (model.card.name, model.card.version, model.card_sha256) == ("thing", "1.0.0", release.card_sha256)
    assert model.artefact("thing.json").read_bytes() == b'{"version": "1.0.0"}'
    assert sorted(path.name for path in model.folder.iterdir()) == ["CARD.md", "card.json", "thing.json"]


def test_what_is_in_the_cache_needs_no_registry(town: Town) -> None:
    release = town.published()
    cache = town.cache()
    cache.fetch(release)
    town.files.broken = True
    assert cache.fetch(release).card.version == "1.0.0"


def test_many_who_fetch_at_once_get_the_same(town: Town) -> None:
    releases = [town.published("1.0.0"), town.published("1.1.0")] * 4
    cache = town.cache()
    with ThreadPoolExecutor(8) as threads:
        versions = list(threads.map(lambda release: cache.fetch(release).card.version, releases))
    assert versions == ["1.0.0", "1.1.0"] * 4
    assert len(models_in(town)) == 2


@pytest.mark.parametrize("file", ["thing.json", "card.json", "CARD.md"])
def test_a_file_that_was_changed_in_the_cache_is_fetched_again(town: Town, file: str) -> None:
    release = town.published()
    cache = town.cache()
    path = cache.fetch(release).folder / file
    good = path.read_bytes()
    path.write_bytes(good + b" ")
    assert (cache.fetch(release).folder / file).read_bytes() == good


def test_a_file_that_is_gone_from_the_cache_is_fetched_again(town: Town) -> None:
    release = town.published()
    cache = town.cache()
    (cache.fetch(release).folder.parent / "model.sig").unlink()
    assert cache.fetch(release).folder.is_dir()
    assert (cache.fetch(release).folder.parent / "model.sig").is_file()


@pytest.mark.parametrize("file", ["thing.json", "CARD.md"])
def test_a_changed_byte_in_the_registry_is_refused(town: Town, file: str) -> None:
    release = town.published()
    content = bytearray(town.files.content[f"{PLACE}/{file}"])
    content[3] ^= 1
    town.files.content[f"{PLACE}/{file}"] = bytes(content)
    with pytest.raises(ModelUntrusted, match=f"not what ann signed: {file} was changed"):
        town.cache().fetch(release)
    assert models_in(town) == []


def test_a_changed_card_is_refused(town: Town) -> None:
    release = town.published()
    town.files.content[f"{PLACE}/card.json"] += b" "
    with pytest.raises(ModelInvalid, match="is not published with that card"):
        town.cache().fetch(release)


def test_a_model_without_signature_is_refused(town: Town) -> None:
    release = town.published()
    del town.files.content[f"{PLACE}/model.sig"]
    with pytest.raises(ModelInvalid, match=r"is not complete: there is no .*model\.sig"):
        town.cache().fetch(release)


def test_a_model_that_a_stranger_signed_is_refused(town: Town) -> None:
    release = town.published()
    with pytest.raises(ModelUntrusted, match="a key that is not trusted here"):
        ModelCache(town.store, trust_in(bob=town.bob), town.folder / "cache", 2**20).fetch(release)
    assert models_in(town) == []


def test_who_is_no_longer_trusted_is_refused_in_the_cache_too(town: Town) -> None:
    release = town.published()
    town.cache().fetch(release)
    with pytest.raises(ModelUntrusted):
        ModelCache(town.store, trust_in(carl=new_person()), town.folder / "cache", 2**20).fetch(release)


def test_a_signature_of_another_model_is_refused(town: Town) -> None:
    release, _ = town.published("1.0.0"), town.published("1.1.0")
    town.files.content[f"{PLACE}/model.sig"] = town.files.content[f"{PLACE.replace('1.0.0', '1.1.0')}/model.sig"]
    with pytest.raises(ModelUntrusted, match="was changed"):
        town.cache().fetch(release)


def test_a_model_at_the_place_of_another_is_refused(town: Town) -> None:
    release = town.published("1.0.0")
    for file in ("card.json", "CARD.md", "thing.json", "model.sig"):
        town.files.content[f"{PLACE.replace('1.0.0', '2.0.0')}/{file}"] = town.files.content[f"{PLACE}/{file}"]
    release.version = "2.0.0"
    with pytest.raises(ModelInvalid, match=r"thing@2\.0\.0 .* holds thing@1\.0\.0"):
        town.cache().fetch(release)


def test_a_file_longer_than_its_card_says_is_not_read_to_its_end(town: Town) -> None:
    release = town.published()
    town.files.content[f"{PLACE}/thing.json"] += b" " * 2**20
    with pytest.raises(ModelInvalid, match="longer than 20 bytes"):
        town.cache().fetch(release)


def test_a_release_that_leads_elsewhere_is_refused(town: Town) -> None:
    for change in ({"modality": "../../etc"}, {"name": "../thing"}, {"date": "."}, {"card_sha256": "../x"}):
        release = town.published(f"1.{len(town.files.content)}.0")
        wrong = registry_pb2.Release()
        wrong.CopyFrom(release)
        wrong.MergeFrom(registry_pb2.Release(**change))
        with pytest.raises(ModelInvalid):
            town.cache().fetch(wrong)


def test_what_was_given_out_stays_while_it_is_held(town: Town) -> None:
    first, second, third = (town.published(f"1.{number}.0") for number in range(3))
    size_bytes = sum(map(len, town.files.content.values())) // 3
    cache = town.cache(max_bytes=int(2.5 * size_bytes))
    held = cache.fetch(first)
    cache.fetch(second)
    gc.collect()
    cache.fetch(third)
    assert held.artefact("thing.json").is_file()
    assert len(models_in(town)) == 2


def test_what_is_in_use_leaves_no_room_for_more(town: Town) -> None:
    first, second = town.published("1.0.0"), town.published("1.1.0")
    size_bytes = sum(map(len, town.files.content.values())) // 2
    cache = town.cache(max_bytes=int(1.5 * size_bytes))
    held = cache.fetch(first)
    with pytest.raises(StorageFull, match="in use"):
        cache.fetch(second)
    assert held.artefact("thing.json").is_file()
    del held
    assert cache.fetch(second).card.version == "1.1.0"


def test_a_folder_that_cannot_be_used_is_told(town: Town) -> None:
    (town.folder / "cache").write_text("a file")
    with pytest.raises(StorageUnavailable, match="cannot be used"):
        town.cache().fetch(town.published())


def test_a_registry_that_is_away_is_unavailable(town: Town) -> None:
    release = town.published()
    town.files.broken = True
    with pytest.raises(StorageUnavailable, match="does not answer"):
        town.cache().fetch(release)
