from __future__ import annotations

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
