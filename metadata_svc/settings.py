"""Settings of the metadata service, from variables that begin with TELLTALE_METADATA_."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from kit.media.limits import MediaLimits
from kit.media.sandbox import SandboxSettings
from kit.media.settings import SandboxedSettings
from kit.models.settings import ModelSettings
from kit.settings import settings_config

TRUST_LIST = Path(__file__).parent / "trust" / "anchors.pem"


class MetadataSettings(SandboxedSettings, ModelSettings):
    """Where to listen, which rules to apply, whom to trust."""

    model_config = settings_config("TELLTALE_METADATA_")

    port: int = Field(default=50064, ge=0, le=65535, description="TCP port; 0 takes a free one.")
    max_bytes: int = Field(default=MediaLimits().max_bytes, ge=1, description="Longest file that is accepted.")
    trust_anchors: Path = Field(default=TRUST_LIST, description="PEM list of trusted C2PA authorities.")

    @property
    def sandbox(self) -> SandboxSettings:
        """How the decode sandbox is built."""
        return SandboxSettings(max_children=self.max_concurrent_calls, require=self.sandbox_required)
