"""From a folder with a model to what production offers and back: by the commands with real detectors on a folder, and on every
kind of object store with the answers of detectors written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.models.options import desk_of
from cli.options import settings_with
from kit.sealing.person_keys import PersonKey
from promotion.golden import read_golden
from promotion.policy import read_policy
from promotion.promote import Trial, promote
from tests.support.person import Person, person
from tests.support.promotion import ANOMALY, CannedJudging, anomaly_model, golden_folder, policy_file, starting

FIRST, TWIN, BLIND = (f"{ANOMALY}@{version}" for version in ("2.0.0", "2.0.1", "2.0.2"))
# What detectors say of the golden files, as measured by the first test below.
SAID = (
    {f"{number}.jpg": -3.0 for number in range(4)} | {"4.jpg": 0.0} | {f"{number}.jpg": 3.0 for number in range(5, 10)}
)


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    return golden_folder(tmp_path / "golden")


@pytest.fixture
def bounds(tmp_path: Path) -> Path:
    return policy_file(tmp_path / "policy.json", items=5)


@pytest.fixture
def folder_url(tmp_path: Path) -> str:
    (tmp_path / "registry").mkdir()
    return str(tmp_path / "registry")


@pytest.fixture(params=["moto_url", "seaweed_url", "gs_url"])
def bucket_url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


def offered(by: Person) -> dict[str, str]:
    """Version by channel."""
    row = json.loads(by.does("channels", "--json").stdout)
    return {channel: row[channel]["release"]["version"] for channel in ("dev", "staging", "production") if row[channel]}


def test_what_is_two_points_worse_is_refused_by_the_command_and_its_equal_twin_goes_to_production_and_back(
    folder_url: str, tmp_path: Path, golden: Path, bounds: Path
) -> None:
    trial, (ann, bob) = (
        ("--golden", golden, "--policy", bounds),
        (person(tmp_path, name, folder_url) for name in ("ann", "bob")),
    )
    for version, blind in (("2.0.0", False), ("2.0.1", False), ("2.0.2", True)):
        assert ann.does("publish", anomaly_model(tmp_path / "made", version, blind=blind)).exit_code == 0
    first = ann.does("promote", FIRST, "--to", "production", *trial)
    assert first.exit_code == 3, first.output
    assert ann.does("approve", FIRST, "--to", "production", "--yes").exit_code == 40
    assert bob.does("approve", FIRST, "--to", "production", answers="y\n").exit_code == 0
    worse = ann.does("promote", BLIND, "--to", "production", *trial, "--json")
    accuracy = json.loads(worse.stdout)["report"]["gates"][0]
    assert (worse.exit_code, accuracy["live"] - accuracy["candidate"]) == (40, pytest.approx(0.02))
    assert accuracy["finding"].endswith("worse by 0.0200, and the margin is 0.01")
    assert offered(ann) == {"production": "2.0.0"}
    twin = ann.does("promote", TWIN, "--to", "production", *trial)
    assert twin.exit_code == 3, twin.output
    assert bob.does("approve", TWIN, "--to", "production", answers="y\n").exit_code == 0
    assert offered(bob) == {"production": "2.0.1"}
    assert bob.does("rollback", ANOMALY, "--channel", "production", "--reason", "too eager").exit_code == 0
    assert offered(ann) == {"production": "2.0.0"}


def promoted(by: Person, version: str, channel: str, golden: Path, bounds: Path) -> int:
    """What `telltale models promote` does, with the answers written down. How many approvals are missing then."""
    told = {name.removeprefix("TELLTALE_").lower(): value for name, value in by.environment.items()}
    settings, policy = (
        settings_with(**{name: told[name] for name in ("registry", "trust", "state")}),
        read_policy(bounds),
    )
    trial = Trial(read_golden(golden), policy, starting(lambda order: CannedJudging(SAID)))
    outcome = promote(desk_of(settings), ANOMALY, version, channel, trial, PersonKey.load(Path(told["key"])))
    assert outcome.report is not None
    return outcome.missing if outcome.pointer is None else 0


def test_a_model_goes_from_dev_to_production_and_back_on_every_store(
    bucket_url: str, tmp_path: Path, golden: Path, bounds: Path
) -> None:
    ann, bob = (person(tmp_path, name, bucket_url) for name in ("ann", "bob"))
    for version in ("2.0.0", "2.0.1"):
        assert ann.does("publish", anomaly_model(tmp_path / "made", version)).exit_code == 0
    assert ann.does("promote", FIRST, "--to", "dev").exit_code == 0
    assert promoted(ann, "2.0.0", "staging", golden, bounds) == 0
    for release in (FIRST, TWIN):
        assert promoted(ann, release.partition("@")[2], "production", golden, bounds) == 1
        assert ann.does("approve", release, "--to", "production", "--yes").exit_code == 40
        assert bob.does("approve", release, "--to", "production", answers="y\n").exit_code == 0
    assert offered(bob) == {"dev": "2.0.0", "staging": "2.0.0", "production": "2.0.1"}
    assert bob.does("rollback", ANOMALY, "--channel", "production", "--reason", "too eager").exit_code == 0
    assert offered(ann)["production"] == "2.0.0"
    assert "too eager" in ann.does("log", ANOMALY, "--channel", "production").stdout
