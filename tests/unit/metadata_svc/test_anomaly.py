from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit.errors import ModelInvalid
from kit.models.card import LoadedModel
from metadata_svc.anomaly import PARAMETERS_FILE, load_model, parse_model
from metadata_svc.cues.exif_traits import TRAITS
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2
from tests.support.metadata_files import anomaly

NAMES = [trait.__name__ for trait in TRAITS]


def document(**changes: Any) -> dict[str, Any]:
    return {"base": -1.0, "weights": dict.fromkeys(NAMES, 0.5), "least": -0.2, "most": 0.6, **changes}


def a_model(folder: Path, contents: str) -> LoadedModel:
    (folder / PARAMETERS_FILE).write_text(contents)
    return LoadedModel(card_pb2.ModelCard(artefacts=[card_pb2.Artefact(file=PARAMETERS_FILE)]), "0" * 64, folder)


def test_contributions_and_base_add_up_to_the_ratio() -> None:
    model = parse_model(document(), evidence_pb2.ModelReference())
    traits = {**dict.fromkeys(NAMES, 0.0), "jfif": 1.0, "saved_later": 1.0, "mandatory_missing": 0.5}
    assert model.base + sum(model.contributions(traits).values()) == pytest.approx(0.25)
    assert model.log_likelihood_ratio(traits) == pytest.approx(0.25)


def test_the_ratio_stays_within_its_bounds() -> None:
    model = parse_model(document(), evidence_pb2.ModelReference())
    assert model.log_likelihood_ratio(dict.fromkeys(NAMES, 1.0)) == 0.6
    assert model.log_likelihood_ratio(dict.fromkeys(NAMES, 0.0)) == -0.2


def test_the_shipped_bounds_are_low() -> None:
    assert -0.3 <= anomaly().least < 0 < anomaly().most <= 0.5


@pytest.mark.parametrize(
    "changes",
    [{"weights": {}}, {"weights": dict.fromkeys(NAMES, -0.1)}, {"least": 0.1}, {"most": -0.1}, {"base": "high"}],
)
def test_malformed_parameters_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(ModelInvalid, match="malformed"):
        load_model(a_model(tmp_path, json.dumps(document(**changes))))


def test_parameters_that_are_no_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelInvalid, match="malformed"):
        load_model(a_model(tmp_path, "{"))
