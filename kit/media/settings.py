"""Settings of services that decode in the sandbox, and those that all detectors share which run models on that."""

from __future__ import annotations

from pydantic import Field

from kit.media.limits import MediaLimits
from kit.media.sandbox import SandboxSettings
from kit.models.settings import ModelSettings
from kit.settings import ServerSettings


class SandboxedSettings(ServerSettings):
    """What every service with a decode sandbox needs."""

    sandbox_required: bool = Field(
        default=False,
        description="Refuse to start where Landlock or seccomp is missing; otherwise a warning at the start says which.",
    )


class DetectorSettings(SandboxedSettings, ModelSettings):
    """Which models to run, and how much may be decoded at once."""

    cores: int = Field(
        default=2,
        ge=1,
        description="Cores that the runs of all networks may use together: one run all of them, or several one each.",
    )
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
    max_side_px: int = Field(
        default=MediaLimits().max_side_px, ge=1, description="Longest side a picture or frame may have."
    )

    @property
    def sandbox(self) -> SandboxSettings:
        """How the decode sandbox is built."""
        return SandboxSettings(
            max_children=self.max_decoders, queue_wait_s=self.decoder_wait_s, require=self.sandbox_required
        )


class VideoDetectorSettings(DetectorSettings):
    """The same for videos and their sound: how large and how long they may be."""

    max_pixels: int = Field(default=MediaLimits().max_video_pixels, ge=1, description="Most pixels a frame may have.")
    max_s: int = Field(default=MediaLimits().max_video_s, ge=1, description="Longest playing time in seconds.")

    @property
    def limits(self) -> MediaLimits:
        """The limits of decoding."""
        return MediaLimits(
            max_bytes=self.max_bytes,
            max_video_pixels=self.max_pixels,
            max_side_px=self.max_side_px,
            max_video_s=self.max_s,
            max_audio_s=self.max_s,
        )
