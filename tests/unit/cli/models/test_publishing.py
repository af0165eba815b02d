from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.support.person import Person, person
from tests.support.promotion import ANOMALY, anomaly_model


@pytest.fixture
def ann(tmp_path: Path) -> Person:
    (tmp_path / "registry").mkdir()
    return person(tmp_path, "ann", str(tmp_path / "registry"))


def test_a_key_is_made_that_nobody_else_can_read(tmp_path: Path) -> None:
    made = Person({}).does("key", "create", "eve", "--out", tmp_path)
    assert len(made.stdout.strip()) == 16
    assert stat.S_IMODE((tmp_path / "eve.key.pem").stat().st_mode) == 0o600
    assert b"PUBLIC KEY" in (tmp_path / "eve.pub.pem").read_bytes()


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    Person({}).does("key", "create", "eve", "--out", tmp_path)
    before = (tmp_path / "eve.key.pem").read_bytes()
    (tmp_path / "eve.pub.pem").unlink()
    assert Person({}).does("key", "create", "eve", "--out", tmp_path).exit_code == 1
    assert (tmp_path / "eve.key.pem").read_bytes() == before
    assert not (tmp_path / "eve.pub.pem").exists()


def test_a_name_that_no_trust_folder_takes_is_no_name(tmp_path: Path) -> None:
    assert "is no name for a key" in Person({}).does("key", "create", "Eve Ng", "--out", tmp_path).stderr


def test_a_model_is_published_and_listed(ann: Person, tmp_path: Path) -> None:
    published = ann.does("publish", anomaly_model(tmp_path / "made", "2.0.0"))
    assert "--to dev" in published.stdout
    release = json.loads(ann.does("releases", ANOMALY, "--json").stdout)
    assert (release["name"], release["version"]) == (ANOMALY, "2.0.0")
    assert "2.0.0" in ann.does("releases", ANOMALY).stdout


def test_the_same_version_with_other_content_is_refused(ann: Person, tmp_path: Path) -> None:
    ann.does("publish", anomaly_model(tmp_path / "made", "2.0.0"))
    again = ann.does("publish", anomaly_model(tmp_path / "other", "2.0.0", blind=True))
    assert again.exit_code == 1
    assert "2.0.0" in again.stderr


@pytest.mark.parametrize(
    ("variable", "question"),
    [("TELLTALE_REGISTRY", "which registry?"), ("TELLTALE_KEY", "who are you?")],
)
def test_what_is_not_set_is_asked_for(ann: Person, tmp_path: Path, variable: str, question: str) -> None:
    lacking = Person({name: value for name, value in ann.environment.items() if name != variable})
    result = lacking.does("publish", anomaly_model(tmp_path / "made", "2.0.0"))
    assert result.exit_code == 1
    assert question in result.stderr


def test_a_name_that_was_never_published_says_so(ann: Person) -> None:
    assert "no model called nothing is published there" in ann.does("releases", "nothing").stderr
