from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main


def test_the_depths_that_can_be_chosen_are_listed_with_the_usual_one() -> None:
    text = CliRunner().invoke(main, ["analyze", "--help"]).output
    assert "[quick|standard|thorough]" in text
    assert "default: standard" in " ".join(text.split())


def test_an_unknown_depth_is_refused_before_anything_starts() -> None:
    answer = CliRunner().invoke(main, ["analyze", "--depth", "bottomless", "a.mp4"])
    assert answer.exit_code == 2
    assert "'bottomless' is not one of" in answer.output


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
@pytest.mark.parametrize("command", ["analyze", "verify"])
def test_a_file_that_may_not_be_read_is_no_wrong_command(tmp_path: Path, command: str) -> None:
    closed = tmp_path / "closed.jpg"
    closed.touch(mode=0)
    answer = CliRunner().invoke(
        main, [command, str(closed)], env={"TELLTALE_URL": "http://127.0.0.1:1", "TELLTALE_TOKEN": "tt_x"}
    )
    assert (answer.exit_code, "cannot be read" in answer.output) == (1, True)
