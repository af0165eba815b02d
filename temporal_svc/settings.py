"""Settings of the service for movement, from variables that begin with TELLTALE_TEMPORAL_."""

from __future__ import annotations

from pydantic import Field

from kit.media.settings import VideoDetectorSettings
from kit.settings import settings_config


class TemporalSettings(VideoDetectorSettings):
    """Where to listen, which models to run, how much of a video to accept."""

    model_config = settings_config("TELLTALE_TEMPORAL_")

    port: int = Field(default=50062, ge=0, le=65535, description="TCP port; 0 takes a free one.")
