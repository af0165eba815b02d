"""Small odd videos, made on the fly. Every picture carries its number in its pixels."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias, cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

Pixels: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[Any]]"

SIZE_PX = (96, 64)
"""Width and height of the videos made here, unless told otherwise."""

_BITS = 12
_EVEN = Fraction(1, 25)


@dataclass(frozen=True)
class Recipe:
    """How to make a video.

    Attributes:
        times_s: when each picture is shown, ascending.
        codec: FFmpeg's name of the encoder.
        container: FFmpeg's name of the container.
        options: of the encoder.
        rotation_deg: counter-clockwise turn written into the container (MP4 only).
        with_sound: add a second of silence.
        pixel_format: FFmpeg's name.
        size_px: stored width and height.
        container_options: of the container.
        key_every: pictures between key frames.
        time_base: unit of the encoder's time stamps.
        shades: base grey of each picture, repeated; the number is burnt in above it.
        tags: of the container.
    """

    times_s: Sequence[float]
    codec: str = "libx264"
    container: str = "mp4"
    options: dict[str, str] = field(default_factory=dict)
    rotation_deg: int = 0
    with_sound: bool = False
    pixel_format: str = "yuv420p"
    size_px: tuple[int, int] = SIZE_PX
    container_options: dict[str, str] = field(default_factory=dict)
    key_every: int = 250
    time_base: Fraction = Fraction(1, 90_000)
    shades: Sequence[int] = (90,)
    tags: Mapping[str, str] = field(default_factory=dict)


def steady(frames: int, rate_fps: float) -> list[float]:
    """Times of `frames` pictures at an even rate."""
    return [number / rate_fps for number in range(frames)]


def video(recipe: Recipe) -> bytes:
    """The file that `recipe` describes."""
    with tempfile.TemporaryDirectory() as folder:  # an index in front can be written only into a file with a name
        path = Path(folder) / "video"
        with av.open(str(path), mode="w", format=recipe.container, container_options=recipe.container_options) as file:
            file.metadata.update(recipe.tags)
            _write(file, recipe)
        return path.read_bytes()


def growing(frames: int) -> bytes:
    """A WebM at 25 frames a second whose second half has twice the width and height of SIZE_PX."""
    file = io.BytesIO()
    with av.open(file, mode="w", format="webm") as container:
        stream = _video_stream(container, Recipe([], "libvpx-vp9", time_base=_EVEN))
        wider = av.CodecContext.create("libvpx-vp9", "w")
        wider.width, wider.height, wider.pix_fmt = SIZE_PX[0] * 2, SIZE_PX[1] * 2, "yuv420p"
        wider.time_base, wider.thread_count = _EVEN, 1
        for encoder, numbers in ((stream, range(frames // 2)), (wider, range(frames // 2, frames))):
            for packet in _encoded(encoder, numbers):
                packet.stream, packet.time_base = stream, _EVEN
                container.mux(packet)
    return file.getvalue()


def sound_only() -> bytes:
    """An MP4 with a sound track and nothing else."""
    file = io.BytesIO()
    with av.open(file, mode="w", format="mp4") as container:
        _mux_silence(container, "aac")
    return file.getvalue()


def numbered(number: int, width_px: int, height_px: int, shade: int = 90) -> Pixels:
    """A picture with `number` in twelve bars of black and white across its lower half, and a red top left corner."""
    pixels = np.full((height_px, width_px, 3), shade, np.uint8)
    pixels[: height_px // 4, : width_px // 4] = (230, 20, 20)
    bars = [255 if number >> bit & 1 else 0 for bit in range(_BITS)]
    pixels[height_px // 2 :] = np.repeat(bars, width_px // _BITS)[np.newaxis, :, np.newaxis]
    return pixels


def number_in(pixels: Pixels) -> int:
    """The number that `numbered` burnt into a picture that may be scaled by now."""
    height_px, width_px = pixels.shape[:2]
    line = pixels[height_px * 3 // 4, :, 1]
    bars = [line[int((bit + 0.5) * width_px / _BITS)] > 127 for bit in range(_BITS)]
    return sum(1 << bit for bit, is_set in enumerate(bars) if is_set)


def _write(container: OutputContainer, recipe: Recipe) -> None:
    stream = _video_stream(container, recipe)
    if recipe.with_sound:
        _mux_silence(container, "libopus" if recipe.container in ("webm", "matroska") else "aac")
    width_px, height_px = recipe.size_px
    for number, time_s in enumerate(recipe.times_s):
        shade = recipe.shades[number % len(recipe.shades)]
        frame = av.VideoFrame.from_ndarray(numbered(number, width_px, height_px, shade), format="rgb24")
        frame.pts, frame.time_base = round(time_s / recipe.time_base), recipe.time_base
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _encoded(encoder: VideoStream | VideoCodecContext, numbers: Iterable[int]) -> Iterator[Packet[Any]]:
    for number in numbers:
        frame = av.VideoFrame.from_ndarray(numbered(number, encoder.width, encoder.height), format="rgb24")
        frame.pts, frame.time_base = number, _EVEN
        yield from encoder.encode(frame)
    yield from encoder.encode(None)


def _video_stream(container: OutputContainer, recipe: Recipe) -> VideoStream:
    rate = 25 if recipe.codec == "mpeg4" else None
    stream = cast(VideoStream, container.add_stream(recipe.codec, rate=rate, options=recipe.options))
    stream.width, stream.height = recipe.size_px
    stream.pix_fmt = recipe.pixel_format
    stream.codec_context.thread_count = 1
    stream.codec_context.time_base = recipe.time_base
    stream.codec_context.gop_size = recipe.key_every
    if recipe.rotation_deg:
        stream.set_display_rotation(recipe.rotation_deg)
    return stream


def _mux_silence(container: OutputContainer, codec: str) -> None:
    stream = cast(AudioStream, container.add_stream(codec, rate=48_000, layout="mono"))
    silence = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.float32), format="fltp", layout="mono")
    silence.sample_rate = 48_000
    container.mux(stream.encode(silence))
    container.mux(stream.encode(None))
