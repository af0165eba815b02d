"""The facts about one medium that every service needs before it does anything with it."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass

from kit.errors import UndecodableMedia
from kit.media.cancel import CancelToken
from kit.media.facts import SOUND_ONLY
from kit.media.file import MediaFile
from kit.media.identify import identify
from kit.media.likeness import BITS
from kit.media.limits import MediaLimits
from kit.media.sandbox import Json, Sandbox, SandboxResult
from kit.media.sniff import MediaType
from kit.media.sound import SoundFacts, sound_facts_of
from kit.media.values import integer
from kit.media.video import VideoFacts, facts_of
from telltale.common.v1 import media_pb2

_SOUND_ALONE = {
    "video/mp4": "audio/mp4",
    "video/quicktime": "audio/mp4",
    "video/webm": "audio/webm",
    "video/x-matroska": "audio/x-matroska",
}
"""What a container is called when it holds no pictures."""


@dataclass(frozen=True)
class Look:
    """What one look at a medium tells.

    Attributes:
        info: the facts.
        likeness: perceptual hash (kit.media.likeness) of a picture, of a video's key frame in the middle; None for recordings
            and where there is nothing to hash. Not for storing: it is a fact about what the picture shows.
    """

    info: media_pb2.MediaInfo
    likeness: int | None = None


def probe(
    sandbox: Sandbox,
    media: MediaFile,
    limits: MediaLimits,
    claimed_mime_type: str | None,
    *,
    timeout_s: float | None = None,
    cancel: CancelToken | None = None,
) -> media_pb2.MediaInfo:
    """The facts alone: see `look`."""
    return look(sandbox, media, limits, claimed_mime_type, timeout_s=timeout_s, cancel=cancel).info


def look(
    sandbox: Sandbox,
    media: MediaFile,
    limits: MediaLimits,
    claimed_mime_type: str | None,
    *,
    timeout_s: float | None = None,
    cancel: CancelToken | None = None,
) -> Look:
    """Kind, type, length and digest; for pictures also size after rotation and number of frames, from the header;
    for videos size, number of frames, duration and mean rate; for their sound, and for recordings, samples a second and
    channels, and for recordings how long they play.

    A container of videos that holds sound alone is a recording. A picture that ends early is decoded whole, to refuse
    it here if nothing of it can be read; others only as large as their hash needs. Of a video all frames are counted but
    only the first and one in the middle are decoded, of sound only the beginning. A video whose sound cannot be decoded
    has sound of unknown rate.
    Raises UnsupportedMediaType, MediaTypeMismatch, PolyglotMedia, TooManyPixels, MediaTooLong, UndecodableMedia and what
    `Sandbox.run` raises.
    """
    media_type = identify(media, claimed_mime_type)
    info = media_pb2.MediaInfo(
        kind=media_type.kind, mime_type=media_type.mime_type, size_bytes=media.size_bytes, sha256=media.sha256
    )
    reader = _Reader(sandbox, media, media_type, limits, timeout_s, cancel)
    if media_type.kind == media_pb2.MEDIA_KIND_IMAGE:
        return Look(info, reader.fill_still(info))
    if media_type.kind == media_pb2.MEDIA_KIND_VIDEO:
        return Look(info, reader.fill_video(info))
    reader.fill_recording(info)
    return Look(info)


@dataclass(frozen=True)
class _Reader:
    """Asks the sandbox about one medium."""

    sandbox: Sandbox
    media: MediaFile
    media_type: MediaType
    limits: MediaLimits
    timeout_s: float | None
    cancel: CancelToken | None

    def fill_still(self, info: media_pb2.MediaInfo) -> int | None:
        """Also answers the perceptual hash."""
        result = self._run("kit.media.tasks:measure_still")
        info.width_px = integer(result, "width_px", 1, self.limits.max_side_px)
        info.height_px = integer(result, "height_px", 1, self.limits.max_side_px)
        info.frame_count = integer(result, "frame_count", 1, self.limits.max_frames)
        return _likeness(result)

    def fill_recording(self, info: media_pb2.MediaInfo) -> None:
        facts = self._sound()
        if facts is None:
            raise UndecodableMedia(f"The {info.mime_type} file holds no sound. Send a recording.")
        info.duration.FromMicroseconds(_microseconds(facts.duration_s))
        _fill_sound(info, facts)

    def fill_video(self, info: media_pb2.MediaInfo) -> int | None:
        """Also answers the perceptual hash."""
        try:
            result = self._run("kit.media.video_tasks:measure_video")
        except UndecodableMedia as error:
            if error.details.get("holds") != SOUND_ONLY or info.mime_type not in _SOUND_ALONE:
                raise
            info.kind, info.mime_type = media_pb2.MEDIA_KIND_AUDIO, _SOUND_ALONE[info.mime_type]
            self.fill_recording(info)
            return None
        facts = facts_of(result, self.limits)
        _fill_pictures(info, facts)
        if facts.has_audio:
            with contextlib.suppress(UndecodableMedia):  # the pictures can still be judged
                sound = self._sound()
                info.has_audio = sound is not None
                if sound:
                    _fill_sound(info, sound)
        return _likeness(result)

    def _sound(self) -> SoundFacts | None:
        return sound_facts_of(self._run("kit.media.sound_tasks:measure_sound"), self.limits)

    def _run(self, task: str) -> SandboxResult:
        arguments: dict[str, Json] = {"mime_type": self.media_type.mime_type, "limits": dataclasses.asdict(self.limits)}
        return self.sandbox.run(task, self.media, arguments, timeout_s=self.timeout_s, cancel=self.cancel)


def _likeness(result: SandboxResult) -> int | None:
    return None if result.values.get("likeness") is None else integer(result, "likeness", 0, 2**BITS - 1)


def _fill_pictures(info: media_pb2.MediaInfo, facts: VideoFacts) -> None:
    info.width_px, info.height_px = facts.width_px, facts.height_px
    info.frame_count = facts.frame_count
    info.duration.FromMicroseconds(_microseconds(facts.duration_s))
    info.frame_rate_fps = facts.frame_rate_fps
    info.has_audio = facts.has_audio


def _fill_sound(info: media_pb2.MediaInfo, facts: SoundFacts) -> None:
    info.has_audio = True
    info.sample_rate_hz, info.channels = facts.sample_rate_hz, facts.channels


def _microseconds(duration_s: float) -> int:
    return max(1, round(duration_s * 1e6))
