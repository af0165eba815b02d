from __future__ import annotations

import os
from pathlib import Path

import pytest

from kit.errors import ModelInvalid
from kit.models.card import describe_artefact, load_model, write_card
from kit.models.registry import Registry
from telltale.model.v1 import card_pb2


def make_model(root: Path, name: str = "thing", version: str = "1.0.0", variant_of: str = "") -> Path:
    folder = root / name / version
    folder.mkdir(parents=True)
    (folder / "thing.json").write_text('{"a": 1}', encoding="utf-8")
    card = card_pb2.ModelCard(
        name=name,
        version=version,
        modality="image",
        task="Tells things from other things.",
        licence="Apache-2.0",
        created="2026-01-02",
        variant_of=variant_of,
        artefacts=[describe_artefact(folder / "thing.json", card_pb2.ARTEFACT_FORMAT_JSON)],
    )
    write_card(card, folder)
    return folder


def test_a_written_card_reads_back_equal(tmp_path: Path) -> None:
    model = load_model(make_model(tmp_path))
    assert model.card.artefacts[0].size_bytes == 8
    assert model.reference.name == "thing"
    assert len(model.reference.card_sha256) == 64


def test_a_changed_artefact_is_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    (folder / "thing.json").write_text('{"a": 2}', encoding="utf-8")
    with pytest.raises(ModelInvalid, match="does not match its card"):
        load_model(folder)


def test_a_missing_artefact_is_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    (folder / "thing.json").unlink()
    with pytest.raises(ModelInvalid, match="is missing"):
        load_model(folder)


@pytest.mark.parametrize("text", ["", "{", '{"name": "x"}', '{"nmae": "thing"}'])
def test_a_card_that_is_not_valid_is_refused(tmp_path: Path, text: str) -> None:
    folder = make_model(tmp_path)
    (folder / "card.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelInvalid, match="not valid"):
        load_model(folder)


def test_a_card_without_end_is_refused_unread(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    (folder / "card.json").unlink()
    os.mkfifo(folder / "card.json")
    with pytest.raises(ModelInvalid, match="is no file"):
        load_model(folder)


def test_a_card_with_an_artefact_outside_its_folder_is_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    card = (folder / "card.json").read_text(encoding="utf-8").replace("thing.json", "../thing.json")
    (folder / "card.json").write_text(card, encoding="utf-8")
    with pytest.raises(ModelInvalid, match="not valid"):
        load_model(folder)


def test_the_newest_version_is_loaded_by_number_not_by_text(tmp_path: Path) -> None:
    for version in ("1.9.0", "1.10.0", "1.2.0"):
        make_model(tmp_path, version=version)
    assert Registry(tmp_path).load("thing").card.version == "1.10.0"


def test_a_smaller_variant_is_loaded_only_by_its_version(tmp_path: Path) -> None:
    make_model(tmp_path)
    make_model(tmp_path, version="1.0.1", variant_of="1.0.0")
    assert Registry(tmp_path).load("thing").card.version == "1.0.0"
    assert Registry(tmp_path).load("thing", "1.0.1").card.variant_of == "1.0.0"


def test_variants_alone_are_no_model(tmp_path: Path) -> None:
    make_model(tmp_path, version="1.0.1", variant_of="1.0.0")
    with pytest.raises(ModelInvalid, match="no model thing in"):
        Registry(tmp_path).load("thing")


@pytest.mark.parametrize("text", ["", "[]", '{"name": "x"}'])
def test_a_newest_version_with_a_broken_card_is_not_passed_over(tmp_path: Path, text: str) -> None:
    make_model(tmp_path)
    (make_model(tmp_path, version="2.0.0") / "card.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelInvalid, match=r"2\.0\.0"):
        Registry(tmp_path).load("thing")


def test_an_unknown_model_is_refused_with_what_there_is(tmp_path: Path) -> None:
    make_model(tmp_path)
    with pytest.raises(ModelInvalid, match=r"no model other in .*thing@1\.0\.0"):
        Registry(tmp_path).load("other")


def test_a_card_in_the_wrong_folder_is_refused(tmp_path: Path) -> None:
    folder = make_model(tmp_path)
    folder.rename(folder.parent / "2.0.0")
    with pytest.raises(ModelInvalid, match=r"is of thing@1\.0\.0"):
        Registry(tmp_path).load("thing")
