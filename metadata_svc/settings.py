"""Settings of the metadata service, from variables that begin with TELLTALE_METADATA_."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from kit.media.limits import MediaLimits
from kit.settings import ServerSettings, settings_config

TRUST_LIST = Path(__file__).parent / "trust" / "anchors.pem"


class MetadataSettings(ServerSettings):
    """Where to listen, which rules to apply, whom to trust."""

    model_config = settings_config("TELLTALE_METADATA_")

    port: int = Field(default=50064, ge=0, le=65535, description="TCP port; 0 takes a free one.")
    models: Path = Field(default=Path("models"), description="Folder of the model registry.")
    model_version: str | None = Field(default=None, description="Version of metadata_rules; the newest when unset.")
    max_bytes: int = Field(default=MediaLimits().max_bytes, ge=1, description="Longest file that is accepted.")
    trust_anchors: Path = Field(default=TRUST_LIST, description="PEM list of trusted C2PA authorities.")
