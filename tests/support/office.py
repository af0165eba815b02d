"""Who promotes, with a registry in memory and canned judging."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kit.models.registry import Registry
from kit.registry.fetch import ModelCache
from kit.registry.publish import publish
from kit.sealing.person_keys import PersonKey
from promotion.approving import Outcome, add_approval, require_plea
from promotion.desk import Desk
from promotion.golden import GoldenSet
from promotion.judging.wire import Order
from promotion.promote import Trial, promote
from telltale.model.v1 import registry_pb2
from tests.support.promotion import ANOMALY, ROOT, CannedJudging, anomaly_model, items, policy, starting
from tests.support.registry import Town

GOLDEN = GoldenSet(items(60, 60), "a" * 64)
GOOD = {f"{number}.jpg": -3.0 if number < 60 else 3.0 for number in range(120)}
WORSE = GOOD | dict.fromkeys(("118.jpg", "119.jpg", "117.jpg"), -3.0)
FIRST, TWIN, BLIND = "2.0.0", "2.0.1", "2.0.2"


@dataclass
class Office:
    """A town with three versions of a model, and a desk of Ann's."""

    town: Town
    desk: Desk
    releases: tuple[registry_pb2.Release, ...] = ()

    def promote(self, version: str, channel: str, key: PersonKey | None = None, **trial: object) -> Outcome:
        return promote(self.desk, ANOMALY, version, channel, a_trial(**trial), key or self.town.ann)

    def approve(self, version: str, channel: str, key: PersonKey) -> Outcome:
        release = next(each for each in self.releases if each.version == version)
        return add_approval(self.desk, require_plea(self.desk, release, channel), key)

    def into(self, version: str, channel: str) -> None:
        self.promote(version, channel)
        if channel == "production":
            self.approve(version, channel, self.town.bob)

    def offered(self, channel: str) -> str:
        pointer = self.desk.channels.current(channel, ANOMALY)
        return pointer.release.version if pointer else ""


def a_trial(**changes: object) -> Trial:
    def judging(order: Order) -> CannedJudging:
        return CannedJudging(WORSE if BLIND in Path(order.models[ANOMALY]).joinpath("card.json").read_text() else GOOD)

    settings: dict[str, object] = {"golden": GOLDEN, "policy": policy(), "start": starting(judging)}
    return Trial(**(settings | changes))  # type: ignore[arg-type]


def desk_of(town: Town, folder: Path) -> Desk:
    cache = ModelCache(town.store, town.trust, folder / "cache", 2**30)
    return Desk(town.store, town.trust, town.channels, cache, Registry(ROOT / "models"), town.clock)


def an_office(folder: Path) -> Office:
    """Of which three versions of a model are published."""
    town = Town(folder)
    made = Office(town, desk_of(town, folder))
    folders = [anomaly_model(folder / "made", version, blind=version == BLIND) for version in (FIRST, TWIN, BLIND)]
    made.releases = tuple(publish(town.store, folder, town.ann, town.clock) for folder in folders)
    return made
