"""A real service, in a process of its own, follows a channel of a registry in a folder."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from bench.swap.publisher import PUBLISHER, Publisher
from bench.swap.service import running
from bench.swap.zoo import copied
from kit.clock import SystemClock
from kit.models.card import describe_artefact, load_model, write_card
from kit.models.registry import Registry
from kit.registry.channels import Channels, Wish
from kit.registry.store import open_store
from kit.registry.trust import read_trust
from kit.rpc.channel import open_channel
from telltale.fusion.v1 import fusion_service_pb2, fusion_service_pb2_grpc
from telltale.model.v1 import model_service_pb2, model_service_pb2_grpc, registry_pb2
from tests.support.fusion import PHOTO

SHIPPED = Registry(Path(__file__).parents[2] / "models").load("fusion")
PATIENCE_S = 30.0


class Town:
    """A registry, whoever publishes there, and the settings of a service that follows its channel "dev"."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._publisher = Publisher.at(folder)
        self._pointers = 0
        places = {"registry": "registry", "trust": "trust", "model_cache": "cache"}
        self.settings = {name: str(folder / place) for name, place in places.items()}
        self.settings |= {"channel": "dev", "model_control": "watch", "registry_poll_s": "0.05"}
        self.log = folder / "log"

    def published(self, version: str, content: bytes | None = None) -> registry_pb2.Release:
        """The shipped model, or one with other content that its card describes truly."""
        zoo = self._folder / "zoo" / "fusion"
        folder = zoo / copied(SHIPPED.folder, zoo, version)
        if content:
            card = load_model(folder).card
            (folder / "fusion.json").write_bytes(content)
            (entry,) = (entry for entry in card.artefacts if entry.file == "fusion.json")
            entry.CopyFrom(describe_artefact(folder / "fusion.json", entry.format))
            write_card(card, folder)
        return self._publisher.publish(folder)

    def offer(self, release: registry_pb2.Release, *, rollback: bool = False) -> None:
        """Points the channel."""
        store, trust = open_store(str(self._folder / "registry")), read_trust(self._folder / "trust")
        wish = Wish("dev", release, self._pointers, rollback=rollback)
        Channels(store, trust, SystemClock()).point(wish, self._publisher.keys[PUBLISHER])
        self._pointers += 1

    def move(self, name: str, to: str) -> None:
        """Has a folder be elsewhere."""
        (self._folder / name).rename(self._folder / to)

    def logged(self, what: str) -> int:
        """How often the service has said so."""
        return self.log.read_text(encoding="utf-8").count(what)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


@contextmanager
def following(town: Town) -> Iterator[grpc.Channel]:
    """A fusion service in that town."""
    service = running("fusion_svc", "TELLTALE_FUSION_", town.settings, town.log)
    with service as process, open_channel(process.target) as channel:
        yield channel


def until(holds: Callable[[], bool]) -> None:
    """Waits until it does: of another process nothing but its answers can be seen."""
    never, deadline_s = threading.Event(), time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline_s, "it never came to that"
        never.wait(0.02)


def judge(channel: grpc.Channel) -> str:
    """The version of the model that judges."""
    stub = fusion_service_pb2_grpc.FusionServiceStub(channel)
    answer = stub.Fuse(fusion_service_pb2.FuseRequest(media=PHOTO), timeout=PATIENCE_S)
    return str(answer.verdict.replay.fusion_model.version)


def refusal(channel: grpc.Channel) -> str:
    """Why the last thing that the channel offered is not run."""
    stub = model_service_pb2_grpc.ModelServiceStub(channel)
    (main,) = stub.ListLanes(model_service_pb2.ListLanesRequest(), timeout=PATIENCE_S).lanes
    return str(main.refusal)


def test_a_service_runs_what_its_channel_offers_and_refuses_what_is_bad(town: Town) -> None:
    first, second, broken = town.published("8.0.1"), town.published("8.0.2"), town.published("8.0.3", b"{}")
    town.offer(first)
    with following(town) as channel:
        town.offer(second)
        until(lambda: judge(channel) == "8.0.2")
        town.offer(broken)
        until(lambda: refusal(channel).startswith("MODEL_INVALID: "))
        assert (judge(channel), town.logged("models refused")) == ("8.0.2", 1)
        town.offer(first, rollback=True)
        until(lambda: judge(channel) == "8.0.1")
        assert refusal(channel) == ""


def test_a_service_outlives_the_registry_starts_without_it_and_follows_it_again(town: Town) -> None:
    first, second = town.published("8.0.1"), town.published("8.0.2")
    town.offer(first)
    with following(town) as channel:
        town.move("registry", "away")
        until(lambda: town.logged("the channel cannot be followed now") > 0)
        assert (judge(channel), refusal(channel)) == ("8.0.1", "")
    with following(town) as channel:
        assert (judge(channel), town.logged("the registry is away")) == ("8.0.1", 1)
        town.move("away", "registry")
        town.offer(second)
        until(lambda: judge(channel) == "8.0.2")
