"""Settings of the fusion service."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from kit.settings import ServerSettings, settings_config


class FusionSettings(ServerSettings):
    """Read from variables that begin with TELLTALE_FUSION_."""

    model_config = settings_config("TELLTALE_FUSION_")

    port: int = Field(default=50065, ge=0, le=65535, description="TCP port; 0 takes a free one.")
    models: Path = Field(default=Path("models"), description="Folder of the model registry.")
    model_version: str | None = Field(default=None, description="Version of the fusion model; the newest when unset.")
