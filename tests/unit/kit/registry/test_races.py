"""Two machines that promote at once, on every kind of store, and what a service gets from there."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

import fsspec.config
import pytest

from kit.errors import ChannelChanged
from kit.registry.channels import Channels, Wish
from kit.registry.source import channel_source
from kit.registry.store import open_store
from kit.registry.trust import read_trust
from kit.sealing.person_keys import PersonKey
from telltale.model.v1 import registry_pb2
from tests.support.clock import FakeClock
from tests.support.registry import Town

THREADS = 4
_start: Barrier
PEOPLE = ("ann", "bob")


@pytest.fixture
def folder_url(tmp_path: Path) -> str:
    (tmp_path / "registry").mkdir()
    return f"file://{tmp_path}/registry"


@pytest.fixture(params=["folder_url", "moto_url", "seaweed_url", "gs_url"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


def ready(start: Barrier) -> None:
    """A machine, once it has started, for as many stores as there are: what starting takes is paid once."""
    global _start
    _start = start


def promote(url: str, environment: dict[str, str], keys: Path, release: bytes, name: str) -> list[str]:
    """Reads its key, opens the registry, and in several threads points at a release when all are ready."""
    os.environ.update(environment)
    fsspec.config.set_conf_env(fsspec.config.conf)  # as it is when a process begins
    channels = Channels(open_store(url), read_trust(keys), FakeClock())
    key, wish = PersonKey.load(keys / f"{name}.pem"), Wish("dev", registry_pb2.Release.FromString(release), 0)
    channels.current("dev", "thing")
    _start.wait(60)

    def attempt(_: int) -> str:
        try:
            channels.point(wish, key)
        except ChannelChanged as error:
            return f"{error.details['key_id']} was first"
        return f"{key.key_id} won"

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(attempt, range(THREADS)))


@pytest.fixture(scope="module")
def machines() -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(PEOPLE), context, ready, (context.Barrier(len(PEOPLE)),)) as pool:
        yield pool


def test_of_two_machines_that_promote_at_once_one_wins_and_all_others_are_told_which(
    url: str, tmp_path: Path, machines: ProcessPoolExecutor
) -> None:
    town = Town(tmp_path, open_store(url))
    release = town.published().SerializeToString()
    for name in PEOPLE:
        (tmp_path / f"{name}.pub.pem").write_bytes(PersonKey.create(tmp_path / f"{name}.pem").public.pem())
    # None gets both: who has begun waits for the other.
    outcomes = machines.map(partial(promote, url, dict(os.environ), tmp_path, release), PEOPLE)
    told = Counter(outcome for each in outcomes for outcome in each)
    pointer = Channels(town.store, read_trust(tmp_path), town.clock).history("dev", "thing")
    [winner] = [offer.record.signature.key_id for offer in pointer]
    assert told == {f"{winner} won": 1, f"{winner} was first": THREADS * len(PEOPLE) - 1}


def test_a_service_gets_what_was_published_and_promoted(url: str, tmp_path: Path) -> None:
    town = Town(tmp_path, open_store(url))
    first, second = town.published("1.0.0"), town.published("1.1.0")
    town.offer(first, "production")
    town.offer(second, "production", after=1)
    town.channels.point(Wish("production", first, 2, rollback=True, reason="slow"), town.bob)
    source = channel_source(town.channels, town.cache(), "production", ["thing"])
    assert source.load("thing").card.version == "1.0.0"
