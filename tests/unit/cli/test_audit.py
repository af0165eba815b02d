"""`telltale audit` on a database without a stack."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from cli.verify import EXIT_REFUSED
from kit.sealing.keys import SigningKey


def audit(state: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["audit", arguments[0], "--state", str(state), *arguments[1:]])


def make_token(state: Path, owner: str) -> str:
    made = CliRunner().invoke(main, ["tokens", "create", "--state", str(state), "--owner", owner])
    return made.stderr.split()[1]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A log of three entries."""
    SigningKey.create(tmp_path / "signing_key.pem")
    for owner in ("alice", "bob", "alice"):
        make_token(tmp_path, owner)
    return tmp_path


def tamper(state: Path, *statements: str) -> None:
    """What the table's owner can do."""
    with closing(sqlite3.connect(state / "telltale.db")) as database, database:
        for trigger in ("audit_update", "audit_delete", "audit_insert"):
            database.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            database.execute(statement)


def test_entries_are_listed_by_owner_and_resource(state: Path) -> None:
    token_id = make_token(state, "bob")
    lines = audit(state, "list", "--owner", "bob").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["2", "4"]
    [line] = audit(state, "list", "--resource", f"tokens/{token_id}").stdout.splitlines()
    assert line.split()[3:6] == ["CreateToken", "OK", "bob"]
    assert audit(state, "list", "--until", "2020-01-01").stdout == ""


def test_entries_come_as_json_for_programs(state: Path) -> None:
    lines = audit(state, "list", "--json", "--most", "2").stdout.splitlines()
    assert [json.loads(line)["sequence"] for line in lines] == [2, 3]


def test_a_whole_log_is_verified(state: Path) -> None:
    result = audit(state, "verify")
    assert result.exit_code == 0
    assert "all 3 entries hold" in result.stdout


def test_a_changed_entry_is_named(state: Path) -> None:
    tamper(state, "UPDATE audit SET owner = 'mallory' WHERE sequence = 2")
    result = audit(state, "verify")
    assert result.exit_code == EXIT_REFUSED
    assert "entry 2 was changed" in result.stdout


def test_an_entry_before_the_first_one_is_named(state: Path) -> None:
    columns = "time_ms, method, outcome, token_id, owner, resources, network, request_id, calls, previous, hash"
    tamper(state, f"INSERT INTO audit SELECT -1, {columns} FROM audit WHERE sequence = 2")
    result = audit(state, "verify")
    assert result.exit_code == EXIT_REFUSED
    assert "entry -1 was put before the first one" in result.stdout


def test_a_log_without_an_entry_is_not_called_whole(tmp_path: Path) -> None:
    result = audit(tmp_path, "verify")
    assert result.exit_code == EXIT_REFUSED
    assert "no entry; is it the right --state?" in result.stdout


def test_a_head_shows_a_log_that_was_cut_off(state: Path, tmp_path: Path) -> None:
    head = tmp_path / "head.json"
    head.write_bytes(audit(state, "head").stdout_bytes)
    key_id = SigningKey.load(state / "signing_key.pem").key_id
    assert audit(state, "verify", "--head", str(head), "--key", key_id).exit_code == 0
    tamper(state, "DELETE FROM audit WHERE sequence = 3")
    assert audit(state, "verify").exit_code == 0
    result = audit(state, "verify", "--head", str(head), "--json")
    assert result.exit_code == EXIT_REFUSED
    assert "entry 3 missing" in {check["name"]: check["text"] for check in json.loads(result.stdout)["checks"]}["chain"]


def test_a_head_of_another_key_is_refused(state: Path, tmp_path: Path) -> None:
    head = tmp_path / "head.json"
    head.write_bytes(audit(state, "head").stdout_bytes)
    assert audit(state, "verify", "--head", str(head), "--key", "0" * 16).exit_code == EXIT_REFUSED


def test_a_head_that_was_changed_is_refused(state: Path, tmp_path: Path) -> None:
    head = tmp_path / "head.json"
    head.write_bytes(audit(state, "head").stdout_bytes.replace(b'"sequence":3', b'"sequence":2'))
    assert audit(state, "verify", "--head", str(head)).exit_code == EXIT_REFUSED


def test_a_head_needs_the_key_of_the_gateway(tmp_path: Path) -> None:
    make_token(tmp_path, "alice")
    result = audit(tmp_path, "head")
    assert result.exit_code == 1
    assert "signing_key.pem cannot be read" in result.stderr


def test_a_key_without_a_head_that_it_could_have_signed_is_a_wrong_command(state: Path) -> None:
    answer = audit(state, "verify", "--key", "832c3318efb4f610")
    assert (answer.exit_code, "--key needs --head" in answer.stderr) == (2, True)
