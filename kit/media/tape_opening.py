"""Opening the sound of a recording or a video inside the sandbox (PyAV, FFmpeg), with as little of FFmpeg as it takes."""

from __future__ import annotations

import itertools
import os
from fractions import Fraction

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from kit.errors import UndecodableMedia
from kit.media.limits import MediaLimits
from kit.media.opening import FORMATS, READ_BYTES, DescriptorFile, is_cover, open_reel
from kit.media.reel import raise_if_out_of_memory
from kit.media.tape import Tape, frames_of

_FORMATS = FORMATS | {
    "audio/mp4": "mov",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/aac": "aac",
    "audio/aiff": "aiff",
}
"""The demuxer is named: none of the hundred others, some of which open further files, ever sees the bytes."""

_CODECS = (
    "aac,aac_latm,mp3float,mp3,mp2float,mp2,opus,vorbis,flac,alac,speex,ac3,eac3,amrnb,amrwb,gsm,gsm_ms,wmav1,wmav2,"
    "adpcm_ima_wav,adpcm_ms,adpcm_ima_qt,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,"
    "pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,pcm_s8_planar,pcm_s16le_planar,pcm_s16be_planar,"
    "pcm_s24le_planar,pcm_s32le_planar"
)
"""Decoders that may run; the rest of FFmpeg's are older, rarer and less looked after."""

_LEAST_RATE_HZ = 1_000
_PACKETS_TO_SOUND = 2_000
_DEFAULT = av.stream.Disposition.default


def open_tape(descriptor: int, mime_type: str, limits: MediaLimits) -> Tape | None:
    """Open the sound and decode its beginning. None for a video without a sound track, or with an empty one.

    Time zero is the first picture of a video, the first sample of a recording. Raises UndecodableMedia.
    """
    container = _opened(descriptor, mime_type)
    has_pictures = mime_type in FORMATS and any(not is_cover(stream) for stream in container.streams.video)
    if not container.streams.audio:
        if has_pictures:
            return None
        raise UndecodableMedia(f"The {mime_type} file holds no sound. Send a recording.", mime_type=mime_type)
    stream = _sound_stream(container)
    first, packets = _first_frame(container, stream)
    if first is None:
        if has_pictures and packets == 0:
            return None
        raise _silent(descriptor, mime_type, stream, packets)
    _refuse_odd(first, limits)
    tick_s = float(stream.time_base or Fraction(1, av.time_base))
    first_s = (first.pts or 0) * tick_s
    zero_s = _first_picture_s(descriptor, mime_type, limits) if has_pictures else first_s
    return Tape(container, stream, tick_s, zero_s, first_s, first.sample_rate, first.layout.nb_channels)


def _opened(descriptor: int, mime_type: str) -> InputContainer:
    if mime_type not in _FORMATS:
        raise UndecodableMedia(f"{mime_type} is neither a recording nor a video. Send one.", mime_type=mime_type)
    try:
        return av.open(
            DescriptorFile(descriptor),
            mode="r",
            format=_FORMATS[mime_type],
            container_options={"codec_whitelist": _CODECS},
            metadata_errors="replace",
            buffer_size=READ_BYTES,
        )
    except av.FFmpegError as error:
        raise_if_out_of_memory(error)
        raise UndecodableMedia(
            f"The {mime_type} file cannot be read: it ends after {os.fstat(descriptor).st_size} bytes and is cut off or "
            "damaged. Send the original file, whole.",
            mime_type=mime_type,
        ) from error


def _sound_stream(container: InputContainer) -> AudioStream:
    """The stream of sound that players choose."""
    stream = max(container.streams.audio, key=lambda each: (bool(each.disposition & _DEFAULT), -each.index))
    if stream.codec_context is None or stream.codec_context.name not in _CODECS.split(","):
        codec = stream.codec_context.name if stream.codec_context else "unknown"
        raise UndecodableMedia(
            f"Sound coded as {codec!r} cannot be decoded here. Convert it to WAV or FLAC without editing it.",
            codec=codec,
        )
    stream.codec_context.thread_count = 1
    stream.codec_context.thread_type = "NONE"
    for other in container.streams:
        other.discard = av.stream.Discard.default if other is stream else av.stream.Discard.all
    return stream


def _first_frame(container: InputContainer, stream: AudioStream) -> tuple[AudioFrame | None, int]:
    """The first sound that decodes, and how many packets it took: what a header says of rate and channels may be wrong."""
    packets = 0
    try:
        for packets, packet in enumerate(itertools.islice(container.demux(stream), _PACKETS_TO_SOUND)):
            for frame in frames_of(stream, packet):
                return frame, packets
    except av.FFmpegError as error:
        raise_if_out_of_memory(error)
    return None, packets


def _silent(descriptor: int, mime_type: str, stream: AudioStream, packets: int) -> UndecodableMedia:
    codec = stream.codec_context.codec.canonical_name
    size_bytes = os.fstat(descriptor).st_size
    why = "its data are damaged or cut off" if packets else "not one sample is stored in it"
    return UndecodableMedia(
        f"No sound can be decoded from this {mime_type} of {size_bytes} bytes ({codec}): {why}. Send the original file.",
        mime_type=mime_type,
        codec=codec,
    )


def _refuse_odd(first: AudioFrame, limits: MediaLimits) -> None:
    rate_hz, channels = first.sample_rate, first.layout.nb_channels
    if not _LEAST_RATE_HZ <= rate_hz <= limits.max_audio_rate_hz:
        raise UndecodableMedia(
            f"The sound has {rate_hz} samples a second; {_LEAST_RATE_HZ} to {limits.max_audio_rate_hz} are supported. "
            "Send the original, or convert it to 48000.",
            sample_rate_hz=str(rate_hz),
        )
    if not 1 <= channels <= limits.max_audio_channels:
        raise UndecodableMedia(
            f"The sound has {channels} channels; the limit is {limits.max_audio_channels}. Mix it down.",
            channels=str(channels),
        )


def _first_picture_s(descriptor: int, mime_type: str, limits: MediaLimits) -> float:
    reel = open_reel(descriptor, mime_type, limits)
    return reel.origin * reel.tick_s
