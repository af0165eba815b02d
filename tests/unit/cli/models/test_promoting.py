"""The commands on a folder, with what needs no detector; tests/e2e/test_promotion.py runs the gates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.models.options import desk_of
from cli.options import settings_with
from kit.registry.channels import Channels
from kit.registry.releases import find_release
from kit.registry.store import open_store
from kit.registry.trust import read_trust
from kit.sealing.person_keys import PersonKey
from promotion.approving import Plea, add_approval
from promotion.gates.all import GATES
from promotion.report import write_report
from telltale.model.v1 import registry_pb2
from tests.support.clock import FakeClock
from tests.support.person import Person, person
from tests.support.promotion import ANOMALY, anomaly_model

FIRST, SECOND = (f"{ANOMALY}@{version}" for version in ("2.0.0", "2.0.1"))


@pytest.fixture
def ann(tmp_path: Path) -> Person:
    (tmp_path / "registry").mkdir()
    somebody = person(tmp_path, "ann", str(tmp_path / "registry"))
    for version in ("2.0.0", "2.0.1"):
        somebody.does("publish", anomaly_model(tmp_path / "made", version))
    return somebody


def test_dev_offers_what_is_promoted_there(ann: Person) -> None:
    assert ann.does("promote", FIRST, "--to", "dev").stdout.startswith(f"dev offers {FIRST}")
    row = json.loads(ann.does("channels", "--json").stdout)
    assert row["dev"]["release"]["version"] == "2.0.0"
    assert row["production"] is None
    assert "2.0.0, " in ann.does("channels").stdout


def test_an_empty_registry_offers_nothing_and_says_so(ann: Person) -> None:
    result = ann.does("channels")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no channel offers anything yet" in result.stderr


def test_the_log_tells_who_and_why(ann: Person) -> None:
    for release in (FIRST, SECOND):
        ann.does("promote", release, "--to", "dev")
    back = ann.does("rollback", ANOMALY, "--channel", "dev", "--reason", "too eager")
    assert back.stdout == f"dev offers {FIRST} (card {card_of(ann)}) again, since pointer 3\n"
    last = json.loads(ann.does("log", ANOMALY, "--json").stdout.splitlines()[-1])
    assert (last["rollback"], last["reason"], last["refusal"]) == (True, "too eager", "")
    assert last["signedBy"].startswith("ann (")
    assert "rollback; too eager" in ann.does("log", ANOMALY).stdout


def card_of(ann: Person) -> str:
    return str(json.loads(ann.does("releases", ANOMALY, "--json").stdout.splitlines()[0])["cardSha256"])[:12]


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (("promote", FIRST, "--to", "staging"), 40, "give --golden FOLDER"),
        (("promote", f"{ANOMALY}@9.9.9", "--to", "dev"), 1, "is not published"),
        (("promote", ANOMALY, "--to", "dev"), 2, "is no NAME@VERSION"),
        (("promote", FIRST, "--to", "moon"), 2, "'moon' is not one of"),
        (("approve", FIRST, "--to", "production", "--yes"), 40, "nobody has promoted"),
        (("rollback", ANOMALY, "--channel", "dev", "--reason", "x"), 1, "dev never offered a model"),
        (("log", "nothing"), 1, "no channel ever offered a model nothing"),
        (("promote", FIRST, "--to", "staging", "--golden", "/nowhere"), 1, "there is no /nowhere/golden.csv"),
        (("promote", FIRST, "--to", "dev", "--policy", "/nowhere"), 1, "the policy /nowhere cannot be read"),
        (("promote", FIRST, "--to", "dev", "--registry", "/nowhere"), 1, "there is no folder /nowhere"),
        (("channels", "--trust", "/nowhere"), 1, "the folder of trusted keys /nowhere cannot be read"),
    ],
)
def test_a_failure_is_a_sentence_with_its_exit_code(
    ann: Person, arguments: tuple[str, ...], code: int, problem: str
) -> None:
    result = ann.does(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert problem in result.stderr


def test_what_was_put_there_by_others_is_named_and_not_followed(ann: Person, tmp_path: Path) -> None:
    ann.does("promote", FIRST, "--to", "dev")
    (tmp_path / "trust" / "ann.pub.pem").unlink()
    bob = person(tmp_path, "bob", ann.environment["TELLTALE_REGISTRY"])
    assert "not followed" in bob.does("channels").stdout
    assert "NOT FOLLOWED" in bob.does("log", ANOMALY).stdout


@pytest.fixture
def waiting(ann: Person, tmp_path: Path) -> Person:
    """Bob, for whose approval a report of Ann's waits. Its findings say what a terminal would obey."""
    settings = settings_with(**{n: ann.environment[f"TELLTALE_{n.upper()}"] for n in ("registry", "trust", "state")})
    desk, key = desk_of(settings), PersonKey.load(Path(ann.environment["TELLTALE_KEY"]))
    release = find_release(desk.store, ANOMALY, "2.0.0")
    gates = [registry_pb2.Gate(name=name, passed=True, finding="fine \x1b[2K") for name in GATES]
    report = registry_pb2.GateReport(
        candidate=release, channel="production", gates=gates, policy_changes=["margin is 0.5"]
    )
    sha256 = write_report(desk.store, report, desk.clock.now())
    add_approval(desk, Plea(release, "production", None, sha256, report, {}), key)
    return person(tmp_path, "bob", ann.environment["TELLTALE_REGISTRY"])


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_nobody_is_asked_to_approve_what_was_not_shown(waiting: Person, form: tuple[str, ...]) -> None:
    result = waiting.does("approve", FIRST, "--to", "production", *form, answers="n\n")
    assert (result.exit_code, "approved by ann" in result.stderr) == (1, True)
    for told in ("against nothing", "of somebody's own", "margin is 0.5", "accuracy", "fine �[2K"):
        assert told in result.output
    assert "\x1b" not in result.output
    assert waiting.does("channels", "--json").stdout == ""


def test_a_report_that_cannot_be_written_down_does_not_hide_what_was_done(waiting: Person) -> None:
    result = waiting.does("approve", FIRST, "--to", "production", "--yes", "--report", "/nowhere/report.md")
    assert (result.exit_code, "/nowhere/report.md" in result.stderr) == (1, True)
    assert f"production offers {FIRST}" in result.stdout


def test_the_way_back_takes_the_registry_and_a_key_only(ann: Person) -> None:
    for release in (FIRST, SECOND):
        ann.does("promote", release, "--to", "dev")
    bare = Person({**ann.environment, "TELLTALE_MODELS": "/nowhere", "TELLTALE_STATE": "/dev/null/nowhere"})
    back = bare.does("rollback", ANOMALY, "--channel", "dev", "--reason", "too eager")
    assert (back.exit_code, back.stdout.startswith(f"dev offers {FIRST}")) == (0, True)


def test_what_the_command_says_is_what_services_see(ann: Person) -> None:
    ann.does("promote", FIRST, "--to", "dev")
    settings = ann.environment
    channels = Channels(
        open_store(settings["TELLTALE_REGISTRY"]), read_trust(Path(settings["TELLTALE_TRUST"])), FakeClock()
    )
    pointer = channels.current("dev", ANOMALY)
    assert pointer is not None
    assert pointer.release.version == "2.0.0"
