from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fusion_svc.catalogue import catalogue_for
from kit.errors import ModelInvalid
from kit.models.card import LoadedModel
from metadata_svc.container_rules import CONTAINER_PARAMETERS_FILE, load_container_rules
from metadata_svc.cues import container_checks, container_time_checks
from telltale.model.v1 import card_pb2
from tests.support.metadata_files import ROOT, container_rules


def codes() -> set[str]:
    modules = (container_checks, container_time_checks)
    values = (value for module in modules for name, value in vars(module).items() if name.isupper() and name[0] != "_")
    return {value for value in values if isinstance(value, str) and value.startswith("container_")}


def test_every_code_has_a_ratio_and_no_ratio_is_idle() -> None:
    assert set(container_rules().log_likelihood_ratios) == codes()


def test_every_code_has_a_sentence() -> None:
    assert codes() - set(catalogue_for("en").findings) == set()


def test_no_contradiction_speaks_for_authenticity_or_decides_alone() -> None:
    assert all(0 < ratio <= 1.2 for ratio in container_rules().log_likelihood_ratios.values())


def test_every_ratio_and_every_maker_says_where_it_comes_from() -> None:
    path = ROOT / "models" / "container_rules" / "1.0.0" / CONTAINER_PARAMETERS_FILE
    document = json.loads(path.read_text(encoding="utf-8"))
    for entry in (*document["log_likelihood_ratios"].values(), *document["makers"]):
        assert entry["basis"] == "assumed"
        assert re.search(r"\w", entry["why"])
    assert all(entry["value"] <= entry["cap"] for entry in document["log_likelihood_ratios"].values())


@pytest.mark.parametrize(
    ("text", "maker"),
    [
        ("Apple iPhone 14 Pro", "Apple"),
        ("samsung SM-G991B", "Android"),
        ("GoPro HERO9 Black", "GoPro"),
        ("FC3170", "DJI"),
        ("Canon EOS R5", "Canon"),
    ],
)
def test_devices_are_known_by_make_or_model(text: str, maker: str) -> None:
    found = container_rules().maker_of(text)
    assert found is not None
    assert found.name == maker


@pytest.mark.parametrize(("text", "program"), [("Lavf60.3.100", "FFmpeg"), ("x264 - core 164", "x264"), ("16.4.1", "")])
def test_programs_are_known_by_their_own_names(text: str, program: str) -> None:
    assert container_rules().program(text) == program


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {"log_likelihood_ratios": {"a": {"value": "high"}}, "makers": [], "programs": []},
        {"log_likelihood_ratios": {}, "makers": [], "programs": [{"name": "x", "pattern": "("}]},
        {"log_likelihood_ratios": {}, "makers": [{"name": "x"}], "programs": []},
    ],
)
def test_malformed_rules_are_refused(tmp_path: Path, document: object) -> None:
    (tmp_path / CONTAINER_PARAMETERS_FILE).write_text(json.dumps(document))
    card = card_pb2.ModelCard(artefacts=[card_pb2.Artefact(file=CONTAINER_PARAMETERS_FILE)])
    with pytest.raises(ModelInvalid, match="malformed"):
        load_container_rules(LoadedModel(card, "0" * 64, tmp_path))
