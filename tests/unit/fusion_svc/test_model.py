from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from fusion_svc.model import FusionParameters, read_fusion_model
from kit.errors import ModelInvalid
from kit.models.card import LoadedModel, describe_artefact, write_card
from kit.models.registry import Registry
from telltale.model.v1 import card_pb2
from tests.support.fusion import PARAMETERS, SOUND_PARAMETERS, all_kinds, points_of

SHIPPED = Path(__file__).parents[3] / "models"


def write_model(
    folder: Path, *, kind: str = "image", points: list[card_pb2.OperatingPoint] | None = None, **changes: Any
) -> LoadedModel:
    """A fusion model on disk, by default a valid one."""
    document = all_kinds().model_dump()
    document["kinds"][kind].update(changes)
    file = folder / "fusion.json"
    file.write_text(json.dumps(document))
    card = card_pb2.ModelCard(
        name="fusion",
        version="1.0.0",
        modality="fusion",
        task="Turns evidence into a verdict.",
        licence="Apache-2.0",
        created="2020-01-01",
        artefacts=[describe_artefact(file, card_pb2.ARTEFACT_FORMAT_JSON)],
        postprocessing=card_pb2.Postprocessing(
            operating_points=points if points is not None else points_of(all_kinds()).values()
        ),
    )
    return write_card(card, folder)


def test_every_shipped_fusion_model_loads() -> None:
    registry = Registry(SHIPPED)
    models = [read_fusion_model(registry.load("fusion", version)) for version in registry.versions("fusion")]
    assert [model.reference.version for model in models] == registry.versions("fusion") != []


def test_a_model_is_read_with_its_measured_operating_points(tmp_path: Path) -> None:
    model = read_fusion_model(write_model(tmp_path))
    assert model.parameters == all_kinds()
    assert model.operating_points["video_manipulated"].authentic_items == 300


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"weights": {"alpha": -0.1, "beta": 1.0}}, "greater than or equal to 0"),
        ({"weights": {"alpha": float("nan"), "beta": 1.0}}, "finite"),
        ({"weights": {"alpha": 1.0}}, r"cues without a weight: \['beta'\]"),
        (
            {"labels": {"manipulated": 0.9, "suspicious": 1.0, "authentic": -1.0}},
            "manipulated must not be below suspicious",
        ),
        ({"labels": {"manipulated": 2.0, "suspicious": 0.0, "authentic": -1.0}}, "greater than 0"),
        ({"labels": {"manipulated": 2.0, "suspicious": 1.0, "authentic": 0.0}}, "less than 0"),
        ({"conflict": 0.0}, "greater than 0"),
        ({"search_discount": -0.1}, "greater than or equal to 0"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_parameters_that_break_the_format_are_refused(tmp_path: Path, changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ModelInvalid, match=problem):
        read_fusion_model(write_model(tmp_path, **changes))


def test_every_kind_of_media_has_its_parameters() -> None:
    with pytest.raises(ValidationError, match="kinds must be exactly"):
        FusionParameters(kinds={"image": PARAMETERS})


def test_operating_points_that_are_not_the_thresholds_are_refused(tmp_path: Path) -> None:
    points = list(points_of(all_kinds()).values())
    points[3].threshold += 0.5
    with pytest.raises(ModelInvalid, match="not the thresholds of"):
        read_fusion_model(write_model(tmp_path, points=points))


@pytest.mark.parametrize("change", [{"false_positive_rate_upper": 0.01}, {"true_positive_rate": 1.2}, {"dataset": ""}])
def test_measured_rates_that_cannot_be_true_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    points = list(points_of(all_kinds()).values())
    for name, value in change.items():
        setattr(points[0], name, value)
    with pytest.raises(ModelInvalid, match="operating point 'image_manipulated'"):
        read_fusion_model(write_model(tmp_path, points=points))


def test_operating_points_that_nobody_measured_need_no_rates(tmp_path: Path) -> None:
    points = points_of(all_kinds(), items=0)
    model = read_fusion_model(write_model(tmp_path, points=list(points.values())))
    assert set(model.operating_points) == set(points)


def test_recordings_may_have_a_timeline_too(tmp_path: Path) -> None:
    audio = all_kinds(audio=SOUND_PARAMETERS).model_dump()["kinds"]["audio"]
    model = read_fusion_model(write_model(tmp_path, kind="audio", **audio))
    assert model.parameters.kinds["audio"] == SOUND_PARAMETERS
