"""Settings of the service for sound, from variables that begin with TELLTALE_AV_SYNC_."""

from __future__ import annotations

from pydantic import Field

from kit.media.settings import VideoDetectorSettings
from kit.settings import settings_config


class AvSyncSettings(VideoDetectorSettings):
    """Where to listen, which models to run, how much of a recording or video to accept."""

    model_config = settings_config("TELLTALE_AV_SYNC_")

    port: int = Field(default=50063, ge=0, le=65535, description="TCP port; 0 takes a free one.")
