from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import InvalidSettings, ModelInvalid
from kit.models.settings import ModelSettings
from kit.models.source import ModelSource
from kit.serving.bundle import Bundle
from kit.serving.networks import Networks
from kit.serving.start import serving
from tests.support.registry import model_folder


class OneModel:
    """A detector of one model."""

    basis = "b"

    def __init__(self, models: ModelSource) -> None:
        self.models = [models.load("thing")]

    def warm_up(self) -> None:
        pass


def one_model(models: ModelSource) -> Bundle[OneModel]:
    return Bundle(OneModel(models), Networks())


def a_folder(tmp_path: Path) -> Path:
    for version in ("1.0.0", "2.0.0"):
        model_folder(tmp_path, version=version)
    return tmp_path


def test_a_service_begins_with_the_versions_that_its_settings_choose(tmp_path: Path) -> None:
    settings = ModelSettings(models=a_folder(tmp_path), model_versions={"thing": "1.0.0"})
    with serving(settings, one_model) as models:
        models.warm_up()
        assert models.lanes.view("main").models[0].card.version == "1.0.0"
        models.manager.switch("main", {"thing": "2.0.0"})
        assert models.lanes.view("main").models[0].card.version == "2.0.0"


def test_a_version_of_a_model_that_the_service_does_not_run_is_a_wrong_setting(tmp_path: Path) -> None:
    settings = ModelSettings(models=a_folder(tmp_path), model_versions={"thnig": "1.0.0"})
    with (
        pytest.raises(InvalidSettings, match="thnig, which this service does not run; it runs: thing"),
        serving(settings, one_model),
    ):
        pass


def test_a_service_without_its_models_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ModelInvalid, match="no model thing"), serving(ModelSettings(models=tmp_path), one_model):
        pass
