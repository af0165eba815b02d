from __future__ import annotations

from pathlib import Path

import pytest

from kit.clock import SystemClock
from kit.errors import InvalidSettings, ModelInvalid, ModelUntrusted, StorageUnavailable
from kit.models.settings import ModelSettings
from kit.registry.channels import Channels, Wish
from kit.registry.layout import pointer_key
from kit.registry.publish import publish
from kit.registry.store import open_store
from kit.registry.trust import SUFFIX, read_trust
from kit.sealing.person_keys import PersonKey
from kit.serving.origin import origin_of
from telltale.model.v1 import registry_pb2
from tests.support.registry import model_folder, new_person


class Shop:
    """A registry in a folder where "thing" is published and offered, and the settings of a service that follows it."""

    def __init__(self, folder: Path) -> None:
        self._zoo = folder / "zoo"
        for name in ("registry", "trust"):
            (folder / name).mkdir()
        self.key = PersonKey.create(folder / "ann.pem")
        (folder / "trust" / f"ann{SUFFIX}").write_bytes(self.key.public.pem())
        self.store = open_store(str(folder / "registry"))
        self.channels = Channels(self.store, read_trust(folder / "trust"), SystemClock())
        self.settings = ModelSettings(
            registry=str(folder / "registry"), channel="dev", trust=folder / "trust", model_cache=folder / "cache"
        )

    def published(self, version: str, key: PersonKey | None = None) -> registry_pb2.Release:
        folder = model_folder(self._zoo, version=version, content=f'{{"v": "{version}"}}'.encode())
        return publish(self.store, folder, key or self.key, SystemClock())

    def offer(self, version: str, after: int = 0) -> None:
        self.channels.point(Wish("dev", self.published(version), after), self.key)


def test_a_service_starts_with_what_its_channel_offers(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.offer("1.0.0")
    shop.published("2.0.0")
    assert origin_of(shop.settings).first.load("thing").card.version == "1.0.0"


def test_a_key_that_is_taken_out_of_the_folder_is_followed_no_more_by_who_runs(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.offer("1.0.0")
    shop.published("2.0.0")
    origin = origin_of(shop.settings)
    assert origin.channel is not None
    channel = origin.channel(["thing"])
    channel.offered()
    (tmp_path / "trust" / f"bob{SUFFIX}").write_bytes(new_person().public.pem())
    (tmp_path / "trust" / f"ann{SUFFIX}").unlink()
    with pytest.raises(ModelUntrusted, match="not trusted here; trusted are bob"):
        channel.offered()
    with pytest.raises(ModelUntrusted, match="not trusted here"):
        origin.catalogue.load("thing", "2.0.0")


def test_without_a_single_key_nothing_is_followed(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.offer("1.0.0")
    origin = origin_of(shop.settings)
    assert origin.channel is not None
    (tmp_path / "trust" / f"ann{SUFFIX}").unlink()
    with pytest.raises(InvalidSettings, match="there is no trusted key"):
        origin.channel(["thing"]).offered()


def test_a_pointer_that_was_taken_away_is_noticed_by_who_runs(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.offer("1.0.0")
    shop.offer("2.0.0", after=1)
    origin = origin_of(shop.settings)
    assert origin.channel is not None
    channel = origin.channel(["thing"])
    channel.offered()
    (tmp_path / "registry" / pointer_key("dev", "thing", 2)).unlink()
    with pytest.raises(ModelUntrusted, match="was there and is gone"):
        channel.offered()


def test_what_the_channel_offers_next_is_told_without_fetching_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.offer("1.0.0")
    origin = origin_of(shop.settings)
    assert origin.channel is not None
    channel = origin.channel(["thing"])
    before = channel.offered()
    shop.offer("2.0.0", after=1)
    offer = channel.offered()
    assert offer.cards != before.cards
    assert offer.models.load("thing").card.version == "2.0.0"


def test_an_operator_may_name_what_no_channel_offers_but_nothing_that_a_stranger_signed(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.published("2.0.0")
    shop.published("3.0.0", key=new_person())
    catalogue = origin_of(shop.settings).catalogue
    assert catalogue.load("thing", "2.0.0").card.version == "2.0.0"
    with pytest.raises(ModelUntrusted):
        catalogue.load("thing", "3.0.0")


def test_a_channel_without_the_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelInvalid, match="offers no thing"):
        origin_of(Shop(tmp_path).settings).first.load("thing")


def test_settings_that_do_not_come_together_are_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="a registry needs trust, model_cache"):
        origin_of(ModelSettings(registry=str(tmp_path), channel="dev"))
    with pytest.raises(InvalidSettings, match="set one of both"):
        origin_of(Shop(tmp_path).settings.model_copy(update={"model_versions": {"thing": "1.0.0"}}))
    with pytest.raises(InvalidSettings, match="follows a channel"):
        origin_of(ModelSettings(model_control="watch"))


def test_while_the_registry_is_away_a_service_starts_with_what_it_saw_last(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.offer("1.0.0")
    origin_of(shop.settings).first.load("thing")
    (tmp_path / "registry").rename(tmp_path / "away")
    origin = origin_of(shop.settings)
    assert origin.first.load("thing").card.version == "1.0.0"
    assert origin.channel is not None
    channel = origin.channel(["thing"])
    with pytest.raises(StorageUnavailable):
        channel.offered()
    (tmp_path / "away").rename(tmp_path / "registry")
    shop.offer("2.0.0", after=1)
    assert channel.offered().models.load("thing").card.version == "2.0.0"


def test_who_never_saw_the_registry_does_not_start_without_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.offer("1.0.0")
    origin = origin_of(shop.settings)
    (tmp_path / "registry").rename(tmp_path / "away")
    with pytest.raises(StorageUnavailable):
        origin.first.load("thing")


def test_what_was_seen_is_believed_no_more_when_its_key_is_trusted_no_more(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.offer("1.0.0")
    origin_of(shop.settings).first.load("thing")
    (tmp_path / "registry").rename(tmp_path / "away")
    (tmp_path / "trust" / f"bob{SUFFIX}").write_bytes(new_person().public.pem())
    (tmp_path / "trust" / f"ann{SUFFIX}").unlink()
    with pytest.raises(ModelUntrusted, match="not trusted here"):
        origin_of(shop.settings).first.load("thing")


def test_a_pointer_that_is_taken_away_between_two_starts_is_noticed(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.offer("1.0.0")
    shop.offer("2.0.0", after=1)
    origin_of(shop.settings).first.load("thing")
    (tmp_path / "registry" / pointer_key("dev", "thing", 2)).unlink()
    with pytest.raises(ModelUntrusted, match="was there and is gone"):
        origin_of(shop.settings).first.load("thing")
