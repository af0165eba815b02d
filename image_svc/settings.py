"""Settings of the image service, from variables that begin with TELLTALE_IMAGE_."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from kit.media.limits import MediaLimits
from kit.media.sandbox import SandboxSettings
from kit.settings import ServerSettings, settings_config


class ImageSettings(ServerSettings):
    """Where to listen, which models to run, how much of a picture to accept."""

    model_config = settings_config("TELLTALE_IMAGE_")

    port: int = Field(default=50061, ge=0, le=65535, description="TCP port; 0 takes a free one.")
    models: Path = Field(default=Path("models"), description="Folder of the model registry.")
    intra_op_threads: int = Field(default=1, ge=1, description="Threads that one run of a network may use.")
    max_decoders: int = Field(
        default=4,
        ge=1,
        description="Decoding processes at once; others wait. Each may hold a quarter of a gigabyte (frames of 4K and what they "
        "refer to), so that four and the pictures of eight calls keep the service below 1.5 GiB.",
    )
    decoder_wait_s: float = Field(
        default=60.0,
        gt=0,
        description="Seconds to wait for one of them, each time; a caller who gives up before ends the wait.",
    )
    max_bytes: int = Field(default=MediaLimits().max_bytes, ge=1, description="Longest file that is accepted.")
    max_pixels: int = Field(default=MediaLimits().max_pixels, ge=1, description="Most pixels a picture may have.")
    max_side_px: int = Field(default=MediaLimits().max_side_px, ge=1, description="Longest side a picture may have.")

    @property
    def limits(self) -> MediaLimits:
        """The limits of decoding."""
        return MediaLimits(max_bytes=self.max_bytes, max_pixels=self.max_pixels, max_side_px=self.max_side_px)

    @property
    def sandbox(self) -> SandboxSettings:
        """How the decode sandbox is built."""
        return SandboxSettings(max_children=self.max_decoders, queue_wait_s=self.decoder_wait_s)
