"""A notebook's trainings are the commands of the cards, and one that fails stops the notebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from colab_training.workshop import RunFailed, Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    (tmp_path / "model.toml").write_text('name = "model"\nversion = "2.1.0"\n', encoding="utf-8")
    return Workshop(tmp_path / "data", tmp_path, tmp_path / "models", tmp_path / "out", tmp_path / "cache")


def test_a_model_goes_where_its_version_says(workshop: Workshop) -> None:
    assert workshop.folder("model") == workshop.out / "model" / "2.1.0"


def test_a_training_without_configuration_is_refused(workshop: Workshop) -> None:
    with pytest.raises(FileNotFoundError, match=r"other\.toml"):
        workshop.train("other")


def test_what_a_run_prints_is_passed_on(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    workshop.run("preparation", "--out", "nowhere", "--help")
    assert "usage: python -m colab_training.preparation" in capsys.readouterr().out


def test_a_run_that_fails_stops_the_notebook_and_says_why(workshop: Workshop) -> None:
    with pytest.raises(RunFailed, match="unrecognized arguments: --no-such-option"):
        workshop.run("preparation", "--out", "nowhere", "--no-such-option")


def test_a_run_that_keeps_nothing_is_given_no_cache(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    workshop.run("preparation", "--out", "nowhere", "--help", cached=False)
    assert "--cache" not in capsys.readouterr().out.splitlines()[0]
