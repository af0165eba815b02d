"""Settings of the image service, from variables that begin with TELLTALE_IMAGE_."""

from __future__ import annotations

from pydantic import Field

from kit.media.limits import MediaLimits
from kit.media.settings import DetectorSettings
from kit.settings import settings_config


class ImageSettings(DetectorSettings):
    """Where to listen, which models to run, how much of a picture to accept."""

    model_config = settings_config("TELLTALE_IMAGE_")

    port: int = Field(default=50061, ge=0, le=65535, description="TCP port; 0 takes a free one.")
    max_pixels: int = Field(default=MediaLimits().max_pixels, ge=1, description="Most pixels a picture may have.")

    @property
    def limits(self) -> MediaLimits:
        """The limits of decoding."""
        return MediaLimits(max_bytes=self.max_bytes, max_pixels=self.max_pixels, max_side_px=self.max_side_px)
