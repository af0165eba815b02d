from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner, Result

from cli.main import main
from monitoring.drift.reference import make, write
from tests.support.predictions import usual, write_log


def drift(folder: Path, megapixels: float | None, *options: str) -> Result:
    window = (
        usual(300, seed=2)
        if megapixels is None
        else [replace(own, megapixels=megapixels) for own in usual(300, seed=2)]
    )
    write_log(folder / "log", window)
    write(make(usual(1000), {}), folder / "reference.json")
    arguments = ["drift", "--log", str(folder / "log"), "--reference", str(folder / "reference.json"), *options]
    return CliRunner().invoke(main, arguments)


def test_nothing_moved_is_exit_code_0(tmp_path: Path) -> None:
    result = drift(tmp_path, None)
    assert (result.exit_code, "Nothing moved" in result.stdout) == (0, True)


def test_something_moved_is_exit_code_42_with_a_sentence_and_what_to_do(tmp_path: Path) -> None:
    result = drift(tmp_path, 0.1)
    assert result.exit_code == 42
    assert "- Photos have become smaller: median" in result.stdout
    assert "What to do:\n  - Find out which senders are new." in result.stdout


def test_the_report_as_json(tmp_path: Path) -> None:
    held = json.loads(drift(tmp_path, 0.1, "--json").stdout)["media"]["photo"]
    assert held["quantities"]["megapixels"]["alarm"] is True
    assert held["quantities"]["form"] == {"psi": held["quantities"]["form"]["psi"], "alarm": False}
    assert len(held["moved"]) == len(held["to_do"]) == 1


def test_a_log_that_is_not_there_is_a_sentence_and_exit_code_1(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["drift", "--log", str(tmp_path / "nowhere")])
    assert result.exit_code == 1
    assert "there is no folder" in result.stderr


def test_an_empty_log_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["drift", "--log", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (0, "There are no predictions.\n")
