"""Small odd recordings, made on the fly. Most hold clicks, so that their times can be told to a sample."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[Any]

RATE_HZ = 48_000
CODECS = {
    "wav": ("pcm_s16le", "wav"),
    "mp3": ("libmp3lame", "mp3"),
    "flac": ("flac", "flac"),
    "vorbis": ("vorbis", "ogg"),
    "opus": ("libopus", "ogg"),
    "m4a": ("aac", "ipod"),
    "aac": ("aac", "adts"),
    "aiff": ("pcm_s16be", "aiff"),
    "webm": ("libopus", "webm"),
    "mkv": ("flac", "matroska"),
    "mp4": ("aac", "mp4"),
}
"""Encoder and container of each kind of file made here."""


def clicks(times_s: Sequence[float], duration_s: float, rate_hz: int = RATE_HZ) -> Samples:
    """Float32 (S,): bursts of 5 ms of a tone of 2 kHz that begin at `times_s`, on faint noise."""
    sound = 0.0005 * np.random.default_rng(0).standard_normal(round(duration_s * rate_hz)).astype(np.float32)
    burst = 0.8 * np.sin(2 * np.pi * 2_000 * np.arange(round(0.005 * rate_hz)) / rate_hz)
    for time_s in times_s:
        at = round(time_s * rate_hz)
        sound[at : at + len(burst)] += burst[: len(sound) - at].astype(np.float32)
    return sound


def onsets_s(samples: Samples, rate_hz: int, start_s: float = 0.0) -> list[float]:
    """When the clicks in `samples` begin."""
    loud = np.flatnonzero(np.abs(samples) > 0.25)
    firsts = loud[np.flatnonzero(np.diff(loud, prepend=-rate_hz) > 0.05 * rate_hz)]
    return [start_s + float(first) / rate_hz for first in firsts]


def recording(
    kind: str, samples: Samples, rate_hz: int = RATE_HZ, options: dict[str, str] | None = None, layout: str = "mono"
) -> bytes:
    """`samples` (S,) or (channels, S) as a file of a kind of CODECS."""
    codec, container_format = CODECS[kind]
    if codec == "vorbis":  # FFmpeg's own encoder calls itself experimental and knows two channels only
        samples, layout, options = np.tile(samples, (2, 1)), "stereo", {"strict": "experimental"}
    file = io.BytesIO()
    with av.open(file, mode="w", format=container_format) as container:
        stream = cast(AudioStream, container.add_stream(codec, rate=rate_hz, layout=layout, options=options or {}))
        stream.codec_context.thread_count = 1
        for frame in _frames(np.atleast_2d(samples), rate_hz, layout):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def wav(samples: Samples, rate_hz: int = RATE_HZ, *, sound_format: int = 1, claimed_bytes: int | None = None) -> bytes:
    """A WAV written by hand from samples (S,) or (S, channels) of any type; `sound_format` 3 is floats."""
    data = np.ascontiguousarray(samples).tobytes()
    channels, width = (1 if samples.ndim == 1 else samples.shape[1]), samples.dtype.itemsize
    form = struct.pack(
        "<HHIIHH", sound_format, channels, rate_hz, rate_hz * channels * width, channels * width, 8 * width
    )
    size_bytes = len(data) if claimed_bytes is None else claimed_bytes
    head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", size_bytes)
    return b"RIFF" + struct.pack("<I", min(2**32 - 1, len(head) + size_bytes)) + head + data


def long_silence(duration_s: int) -> bytes:
    """A WAV of a kilobyte a second."""
    return wav(np.full(duration_s * 1_000, 128, np.uint8), 1_000)


def rf64(samples: Samples, rate_hz: int = RATE_HZ) -> bytes:
    """A WAV of int16 with 64-bit lengths (EBU Tech 3306)."""
    data = samples.astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", 1, 1, rate_hz, 2 * rate_hz, 2, 16)
    sizes = struct.pack("<QQQI", 72 + len(data), len(data), len(samples), 0)
    chunks = b"ds64" + struct.pack("<I", len(sizes)) + sizes + b"fmt " + struct.pack("<I", len(form)) + form
    return b"RF64\xff\xff\xff\xffWAVE" + chunks + b"data\xff\xff\xff\xff" + data


@dataclass(frozen=True)
class Talk:
    """A video of 25 frames a second with sound.

    Attributes:
        samples: of the sound at RATE_HZ.
        container: FFmpeg's name.
        video_codec: encoder of the pictures.
        sound_codec: encoder of the sound.
        first_picture_s: time stamp of the first picture.
        first_sample_s: time stamp of the sound.
        duration_s: of the pictures.
    """

    samples: Samples
    container: str = "mp4"
    video_codec: str = "libx264"
    sound_codec: str = "aac"
    first_picture_s: float = 0.0
    first_sample_s: float = 0.0
    duration_s: float = 2.0


def talk(wanted: Talk) -> bytes:
    """The video that `wanted` describes."""
    file = io.BytesIO()
    with av.open(file, mode="w", format=wanted.container) as container:
        pictures = cast(VideoStream, container.add_stream(wanted.video_codec, rate=25))
        pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        pictures.codec_context.thread_count = 1
        sound = cast(AudioStream, container.add_stream(wanted.sound_codec, rate=RATE_HZ, layout="mono"))
        for number in range(round(wanted.duration_s * 25)):
            picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 4 * (number % 50), np.uint8), format="rgb24")
            picture.time_base, picture.pts = Fraction(1, 25), number + round(wanted.first_picture_s * 25)
            container.mux(pictures.encode(picture))
        container.mux(pictures.encode(None))
        for frame in _frames(wanted.samples[np.newaxis], RATE_HZ, "mono", round(wanted.first_sample_s * RATE_HZ)):
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return file.getvalue()


def _frames(samples: Samples, rate_hz: int, layout: str, first: int = 0) -> list[av.AudioFrame]:
    """A second at a time."""
    frames = []
    for at in range(0, samples.shape[1], rate_hz):
        planes = np.ascontiguousarray(samples[:, at : at + rate_hz], np.float32)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
        frame.sample_rate, frame.time_base, frame.pts = rate_hz, Fraction(1, rate_hz), first + at
        frames.append(frame)
    return frames


def with_hole(former: Samples, hole_s: float, later: Samples) -> bytes:
    """A Matroska file of PCM whose second part is stamped `hole_s` behind the end of the first."""
    file = io.BytesIO()
    with av.open(file, mode="w", format="matroska") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono")
        second = len(former) + round(hole_s * RATE_HZ)
        for samples, first in ((former, 0), (later, second)):
            for frame in _frames(samples[np.newaxis], RATE_HZ, "mono", first):
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
