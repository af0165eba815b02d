"""By what a service answers: the same for the same program and models, another one for anything else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy
import pytest

from kit.models.basis import basis, libraries, program
from kit.models.card import LoadedModel
from telltale.model.v1 import card_pb2

A, B = (LoadedModel(card_pb2.ModelCard(name=name, version="1.0.0"), "5" * 64, Path()) for name in "ab")


def test_it_is_the_same_in_whatever_order_models_are_loaded() -> None:
    assert basis("image_svc", [A, B]) == basis("image_svc", [B, A])
    assert len(basis("image_svc", [])) == 64


def test_it_changes_with_name_version_card_program_and_whatever_else_counts() -> None:
    newer = LoadedModel(card_pb2.ModelCard(name="a", version="1.0.1"), "5" * 64, Path())
    others = [
        basis("image_svc", [B]),
        basis("image_svc", [newer]),
        basis("image_svc", [replace(A, card_sha256="6" * 64)]),
        basis("temporal_svc", [A]),
        basis("image_svc", [A], "trust list"),
        basis("image_svc", [A]),
    ]
    assert len(set(others)) == len(others)


def test_a_program_is_known_by_its_version_and_its_sources() -> None:
    version, digest = program("image_svc").split()
    assert version[0].isdigit()
    assert digest != program("temporal_svc").split()[1]


def test_a_program_is_also_its_tables_and_the_libraries_beneath_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "program_of_a_test"
    folder.mkdir()
    (folder / "__init__.py").touch()
    found = []
    for table in ("[1]", "[2]"):
        (folder / "table.json").write_text(table)
        found.append(program.__wrapped__("program_of_a_test"))
    assert found[0] != found[1]
    assert f"numpy=={numpy.__version__}" in libraries()
