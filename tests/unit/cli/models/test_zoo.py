from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from kit.models.card import describe_artefact, write_card
from telltale.model.v1 import card_pb2


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    folder = tmp_path / "frequency" / "1.0.0"
    folder.mkdir(parents=True)
    (folder / "frequency.json").write_text("{}")
    card = card_pb2.ModelCard(
        name="frequency",
        version="1.0.0",
        modality="image",
        task="Tells synthetic spectra from natural ones.",
        licence="Apache-2.0",
        created="2026-01-01",
        artefacts=[describe_artefact(folder / "frequency.json", card_pb2.ARTEFACT_FORMAT_JSON)],
        metrics=[card_pb2.Metric(metric="auc", dataset="faces", split="val", value=0.9, low=0.88, high=0.92, items=50)],
        limits=["Not for drawings."],
    )
    write_card(card, folder)
    return tmp_path


def models(registry: Path, *arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(
        main, ["models", arguments[0], "--models", str(registry), *arguments[1:]]
    )


def test_models_are_listed_with_their_files_checked(registry: Path) -> None:
    result = models(registry, "list")
    assert result.exit_code == 0
    assert "frequency" in result.stdout
    assert "1 checked" in result.stdout


def test_a_changed_file_is_an_error_of_the_list(registry: Path) -> None:
    (registry / "frequency" / "1.0.0" / "frequency.json").write_text("[]")
    result = models(registry, "list")
    assert result.exit_code == 1
    assert "does not match its card" in result.stderr


def test_a_card_is_shown_with_numbers_and_limits(registry: Path) -> None:
    lines = models(registry, "show", "frequency").stdout.splitlines()
    assert "auc on faces val: 0.9000 [0.880, 0.920] (n=50)" in lines
    assert "limit: Not for drawings." in lines


def test_an_unknown_model_is_named_with_those_there_are(registry: Path) -> None:
    result = models(registry, "show", "nothing")
    assert result.exit_code == 1
    assert "frequency@1.0.0" in result.stderr
