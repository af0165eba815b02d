"""Settings of the fusion service."""

from __future__ import annotations

from pydantic import Field

from kit.models.settings import ModelSettings
from kit.settings import settings_config


class FusionSettings(ModelSettings):
    """Read from variables that begin with TELLTALE_FUSION_."""

    model_config = settings_config("TELLTALE_FUSION_")

    port: int = Field(default=50065, ge=0, le=65535, description="TCP port; 0 takes a free one.")
