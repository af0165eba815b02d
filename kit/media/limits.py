"""How much media a service takes on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MediaLimits:
    """Upper bounds of one medium. Everything above is refused before it is decoded.

    Attributes:
        max_bytes: length of the file.
        max_pixels: width times height of one picture.
        max_side_px: the longer side of one picture.
        max_frames: pictures in an animated file.
        max_video_pixels: width times height of one frame of a video; 4096 x 4320 is two eyes of 4K.
        max_video_frames: pictures in a video; half a day at 25 a second.
        max_video_s: playing time of a video.
        max_audio_s: playing time of sound.
        max_audio_rate_hz: samples a second and channel of sound.
        max_audio_channels: of sound.
    """

    max_bytes: int = 200 * 2**20
    max_pixels: int = 100_000_000
    max_side_px: int = 16_384
    max_frames: int = 10_000
    max_video_pixels: int = 17_694_720
    max_video_frames: int = 1_000_000
    max_video_s: int = 86_400
    max_audio_s: int = 86_400
    max_audio_rate_hz: int = 768_000
    max_audio_channels: int = 64
