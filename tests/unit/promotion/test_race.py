"""Two people who promote at once. Two machines do in tests/unit/kit/registry/test_races.py."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from kit.clock import SystemClock
from kit.errors import ChannelChanged
from kit.models.registry import Registry
from kit.registry.channels import Channels
from kit.registry.fetch import ModelCache
from kit.registry.publish import publish
from kit.registry.store import open_store
from kit.registry.trust import read_trust
from kit.sealing.person_keys import PersonKey
from promotion.desk import Desk
from promotion.golden import GoldenSet
from promotion.judging.wire import Order
from promotion.promote import Trial, promote
from tests.support.promotion import ANOMALY, ROOT, CannedJudging, anomaly_model, items, policy, starting

GOOD = {f"{number}.jpg": -3.0 if number < 60 else 3.0 for number in range(120)}
VERSIONS = {"ann": "2.0.0", "bob": "2.0.1"}


def promoted(folder: Path, name: str, together: Barrier) -> str:
    """A person, who has looked at what is live and runs the gates when the other one has, too."""
    store, trust, clock = open_store(str(folder / "registry")), read_trust(folder), SystemClock()
    cache, shipped = ModelCache(store, trust, folder / f"cache of {name}", 2**30), Registry(ROOT / "models")
    desk = Desk(store, trust, Channels(store, trust, clock), cache, shipped, clock)

    def judging(order: Order) -> CannedJudging:
        together.wait(60)
        return CannedJudging(GOOD)

    trial = Trial(GoldenSet(items(60, 60), "a" * 64), policy(), starting(judging))
    try:
        promote(desk, ANOMALY, VERSIONS[name], "staging", trial, PersonKey.load(folder / f"{name}.pem"))
    except ChannelChanged as error:
        return error.message
    return "won"


def test_of_two_who_promote_at_once_one_wins_and_the_other_is_told(tmp_path: Path) -> None:
    (tmp_path / "registry").mkdir()
    for name, version in VERSIONS.items():
        key = PersonKey.create(tmp_path / f"{name}.pem")
        (tmp_path / f"{name}.pub.pem").write_bytes(key.public.pem())
        model = anomaly_model(tmp_path / "made", version)
        publish(open_store(str(tmp_path / "registry")), model, key, SystemClock())
    together = Barrier(len(VERSIONS))
    with ThreadPoolExecutor(len(VERSIONS)) as people:
        outcomes = people.map(lambda name: promoted(tmp_path, name, together), VERSIONS)
        told = dict(zip(VERSIONS, outcomes, strict=True))
    [winner] = [name for name, outcome in told.items() if outcome == "won"]
    [loser] = set(VERSIONS) - {winner}
    assert told[loser].startswith(f"{winner} (")
    assert f"was first: staging offers {ANOMALY}@{VERSIONS[winner]}" in told[loser]
