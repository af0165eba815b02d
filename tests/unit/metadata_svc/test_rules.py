from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fusion_svc.catalogue import catalogue_for
from kit.errors import ModelInvalid
from kit.models.card import LoadedModel
from metadata_svc.cues import exif_checks, jpeg_structure, provenance, software_traces
from metadata_svc.rules import PARAMETERS_FILE, load_rules
from telltale.model.v1 import card_pb2
from tests.support.metadata_files import ROOT, rules


def codes() -> set[str]:
    modules = (exif_checks, jpeg_structure, provenance, software_traces)
    constants = (
        value for module in modules for name, value in vars(module).items() if name.isupper() and name[0] != "_"
    )
    return {
        value for value in constants if isinstance(value, str) and re.match(r"(exif|jpeg|software|provenance)_", value)
    }


def a_model(folder: Path, document: object) -> LoadedModel:
    (folder / PARAMETERS_FILE).write_text(json.dumps(document))
    card = card_pb2.ModelCard(artefacts=[card_pb2.Artefact(file=PARAMETERS_FILE)])
    return LoadedModel(card, "0" * 64, folder)


def test_every_code_has_a_ratio_and_no_ratio_is_idle() -> None:
    cues = {"exif_consistency", "jpeg_structure", "software_traces"}
    assert set(rules().log_likelihood_ratios) == codes() - cues


def test_every_code_that_can_be_found_has_a_sentence() -> None:
    findable = {code for code, ratio in rules().log_likelihood_ratios.items() if ratio}
    assert findable - set(catalogue_for("en").findings) == set()


def test_no_metadata_alone_may_outweigh_a_hundred_to_one() -> None:
    assert all(abs(ratio) <= 4.61 for ratio in rules().log_likelihood_ratios.values())


def test_every_ratio_says_where_it_comes_from() -> None:
    path = ROOT / "models" / "metadata_rules" / "2.0.0" / PARAMETERS_FILE
    for entry in json.loads(path.read_text(encoding="utf-8"))["log_likelihood_ratios"].values():
        assert entry["basis"] in ("measured", "assumed")
        assert entry["why"]
        assert abs(entry["value"]) <= entry["cap"]


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {"log_likelihood_ratios": {"a": {"value": "high"}}, "programs": [], "encoders": {}},
        {"log_likelihood_ratios": {}, "programs": [{"name": "x", "kind": "editor", "pattern": "("}], "encoders": {}},
    ],
)
def test_malformed_rules_are_refused(tmp_path: Path, document: object) -> None:
    with pytest.raises(ModelInvalid, match="malformed"):
        load_rules(a_model(tmp_path, document))
