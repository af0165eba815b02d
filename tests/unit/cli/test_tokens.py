from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from cli.first_token import ensure_first_token
from cli.main import main
from cli.stack.state import StateFolder
from gateway.door.passports import owner_of


def tokens(state: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["tokens", arguments[0], "--state", str(state), *arguments[1:]])


def test_a_token_is_made_listed_and_revoked(tmp_path: Path) -> None:
    made = tokens(tmp_path, "create", "--owner", "alice", "--scope", "read", "--label", "for the lab", "--days", "7")
    token_id = made.stderr.split()[1]
    assert made.stdout.startswith("tt_")
    listed = tokens(tmp_path, "list").stdout
    assert token_id in listed
    assert made.stdout.strip() not in listed
    assert tokens(tmp_path, "revoke", token_id).exit_code == 0
    assert "revoked" in tokens(tmp_path, "list").stdout


def test_a_token_expires_after_ninety_days_unless_told_otherwise(tmp_path: Path) -> None:
    assert "expires 20" in tokens(tmp_path, "create").stderr
    assert "never expires" in tokens(tmp_path, "create", "--never-expires").stderr


def test_a_rotated_token_is_listed_with_the_one_in_its_place(tmp_path: Path) -> None:
    old_id = tokens(tmp_path, "create", "--label", "lab").stderr.split()[1]
    rotated = tokens(tmp_path, "rotate", old_id, "--overlap-hours", "1")
    assert rotated.stdout.startswith("tt_")
    assert f"token {old_id} goes on for 1 h at most" in rotated.stderr
    assert "replaced" in tokens(tmp_path, "list").stdout


def test_revoking_an_unknown_token_says_how_to_find_them(tmp_path: Path) -> None:
    result = tokens(tmp_path, "revoke", "nobody")
    assert result.exit_code == 1
    assert "telltale tokens list" in result.stderr


def test_the_owner_of_somebody_who_signs_in_can_be_asked_for() -> None:
    asked = CliRunner().invoke(main, ["tokens", "owner", "https://login.example.org/", "alice"])
    assert asked.stdout.strip() == owner_of("https://login.example.org/", "alice")


def test_a_bad_owner_is_refused_in_a_sentence(tmp_path: Path) -> None:
    result = tokens(tmp_path, "create", "--owner", "No One!")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: owner 'No One!' must be")


async def test_the_first_token_is_made_once(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    assert await ensure_first_token(state) == await ensure_first_token(state) == state.token()


async def test_a_kept_token_that_the_database_does_not_know_is_replaced(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.keep_token("tt_of_another_database")
    assert await ensure_first_token(state) == state.token() != "tt_of_another_database"


def test_a_label_is_shown_as_it_is(tmp_path: Path) -> None:
    tokens(tmp_path, "create", "--label", "[/b]")
    listed = tokens(tmp_path, "list")
    assert (listed.exit_code, "[/b]" in listed.stdout) == (0, True)


def test_more_than_a_hundred_years_are_refused(tmp_path: Path) -> None:
    assert tokens(tmp_path, "create", "--days", "1e9").exit_code == 2
    assert tokens(tmp_path, "rotate", "any", "--overlap-hours", "1e9").exit_code == 2


def test_what_is_no_number_is_refused(tmp_path: Path) -> None:
    assert tokens(tmp_path, "create", "--days", "nan").exit_code == 2
    assert tokens(tmp_path, "rotate", "any", "--overlap-hours", "nan").exit_code == 2


def test_an_owner_is_listed_whole_however_long(tmp_path: Path) -> None:
    owner = owner_of("https://login.example.org/", "alice")
    tokens(tmp_path, "create", "--owner", owner)
    lines = tokens(tmp_path, "list").stdout.splitlines()[1:]
    assert "".join(line[29:].split()[0] for line in lines if line[29:30].strip()) == owner
