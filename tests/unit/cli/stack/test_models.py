"""A registry, its channel, its keys and its cache are set once for all services of a stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.settings import CliSettings
from cli.stack.models import models_of
from cli.stack.plan import plan
from image_svc.settings import ImageSettings
from kit.settings import PROFILE_VARIABLE

FOLDER = CliSettings(state=Path("/state"), models=Path("/models"))
REGISTRY = FOLDER.changed(registry="s3://bucket/models", trust=Path("/trust"), channel="staging")


def test_every_service_that_runs_models_is_told_where_the_registry_is() -> None:
    told = [set(each.environment.values()) for each in plan(REGISTRY, edge=False) if each.name.endswith("_svc")]
    assert len(told) == 5
    assert all(each >= {"s3://bucket/models", "/trust", "staging", "/state/model-cache", "/models"} for each in told)


def test_without_a_channel_services_run_the_folder() -> None:
    publishes = FOLDER.changed(registry="s3://bucket/models", trust=Path("/trust"))
    assert models_of(publishes, ImageSettings) == {"MODELS": "/models"}


def test_the_channel_of_a_profile_is_enough_and_its_versions_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROFILE_VARIABLE, "dev")
    told = models_of(FOLDER.changed(registry="registry"), ImageSettings)
    assert (told["REGISTRY"], told["MODEL_VERSIONS"]) == ("registry", "{}")
    assert "CHANNEL" not in told
    assert "MODEL_VERSIONS" not in models_of(FOLDER, ImageSettings)


def test_a_services_own_variables_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_IMAGE_REGISTRY", "other")
    monkeypatch.setenv("TELLTALE_IMAGE_CHANNEL", "dev")
    assert not {"REGISTRY", "CHANNEL"} & set(models_of(REGISTRY, ImageSettings))


def test_the_cache_of_a_profile_is_not_replaced_by_the_usual_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.toml").write_text('[image]\nmodel_cache = "/big"\n')
    monkeypatch.setenv(PROFILE_VARIABLE, str(tmp_path / "own.toml"))
    assert "MODEL_CACHE" not in models_of(REGISTRY, ImageSettings)
    assert models_of(REGISTRY.changed(model_cache=Path("/cache")), ImageSettings)["MODEL_CACHE"] == "/cache"
