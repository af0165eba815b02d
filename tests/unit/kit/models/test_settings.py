from __future__ import annotations

from pathlib import Path

from kit.models.settings import ModelSettings


def test_who_follows_a_channel_needs_the_registry_and_whom_to_trust() -> None:
    (sentence,) = ModelSettings(model_control="watch", channel="staging").unmet()
    assert sentence.startswith(
        'model_control "watch" is on, so the environment must give TELLTALE_REGISTRY, TELLTALE_TRUST'
    )
    assert "CHANNEL" not in sentence


def test_who_has_them_misses_nothing() -> None:
    settings = ModelSettings(
        model_control="watch", channel="dev", registry="s3://models", trust=Path("keys"), model_cache=Path("cache")
    )
    assert settings.unmet() == []


def test_models_of_a_folder_need_no_registry() -> None:
    assert ModelSettings(model_control="explicit").unmet() == []
