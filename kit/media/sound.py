"""Sound of recordings and videos: mono, float32 in [-1, 1], at the rate asked for.

Times are seconds from the first picture of a video, so that sound and pictures can be compared, and from the first
sample of a recording. Samples that are no numbers (PCM in floats may hold NaN) are read as silence. Nothing here
decodes: see kit.media.sound_tasks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kit.errors import InvalidRequest
from kit.media.batches import Runner, job_of
from kit.media.cancel import CancelToken
from kit.media.facts import SoundFacts
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import SandboxResult
from kit.media.sound_reading import SoundPiece, SoundReading
from kit.media.spans import Span
from kit.media.values import integer, real, text, truth

__all__ = ["PRELOAD", "SoundFacts", "SoundPiece", "Span", "measure_sound", "read_sound", "sound_facts_of"]

PRELOAD = ("kit.media.sound_tasks:warm_up",)
"""What a sandbox must preload for everything here, and for `kit.media.probe.probe` of recordings and videos."""

_MODULE = "kit.media.sound_tasks"
_MOST_PIECE_SAMPLES = 2**25
_MOST_S = 1e6


def measure_sound(
    sandbox: Runner,
    media: MediaFile,
    limits: MediaLimits,
    *,
    timeout_s: float | None = None,
    cancel: CancelToken | None = None,
) -> SoundFacts | None:
    """Facts about the sound; all of it is counted, only its beginning decoded. None for a video without sound.

    Raises UndecodableMedia if a recording holds not one sample or nothing of the sound can be decoded, Cancelled, and
    what `Sandbox.run` raises.
    """
    return sound_facts_of(job_of(sandbox, media, limits, timeout_s, cancel, _MODULE).run("measure_sound"), limits)


def read_sound(
    sandbox: Runner,
    media: MediaFile,
    limits: MediaLimits,
    spans: Sequence[Span],
    *,
    rate_hz: int = 16_000,
    timeout_s: float | None = None,
    cancel: CancelToken | None = None,
) -> Iterator[SoundPiece]:
    """The sound of `spans`, in their order: the mean of all channels, resampled by soxr (quality HQ).

    A piece is shorter, or left out, where the file ends, and begins later where the sound does. Its start is true to a
    sample; what the file leaves out within it is silence. Holds a few spans at a time, so keep them at some minutes.
    A child that is stopped costs the first second of its span, or what is left of it; the third one ends the reading.
    Raises UndecodableMedia if there is no sound in any of the spans or every sample is NaN or infinite, InvalidRequest
    for a span of more than 2**25 samples, Cancelled, and what `Sandbox.run` raises.
    """
    for span in spans:
        if not 0 < span.length_s * rate_hz <= _MOST_PIECE_SAMPLES or not abs(span.start_s) <= _MOST_S:
            raise InvalidRequest(f"Sound from {span.start_s:g} s to {span.end_s:g} s cannot be read in one piece.")
    return SoundReading(job_of(sandbox, media, limits, timeout_s, cancel, _MODULE), spans, rate_hz).pieces()


def sound_facts_of(result: SandboxResult, limits: MediaLimits) -> SoundFacts | None:
    """The facts that the task `measure_sound` answers, checked. None: there is no sound. Raises DecoderStopped."""
    if not truth(result, "has_sound"):
        return None
    return SoundFacts(
        duration_s=real(result, "duration_s", 1e-9, limits.max_audio_s),
        sample_rate_hz=integer(result, "sample_rate_hz", 1, limits.max_audio_rate_hz),
        channels=integer(result, "channels", 1, limits.max_audio_channels),
        codec=text(result, "codec"),
        truncated=truth(result, "truncated"),
    )
