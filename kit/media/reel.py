"""An open video inside the sandbox (PyAV, FFmpeg): its stream of pictures, upright and timed from the first one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from kit.media.facts import Array

_EXACT_S = 0.002  # time stamps of Matroska are rounded to a millisecond
_PACKETS_TO_A_KEY = 300
_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


@dataclass(frozen=True, eq=False)
class Picture:
    """One decoded frame, not converted yet, and its time in seconds from the first one."""

    time_s: float
    frame: VideoFrame


@dataclass(frozen=True, eq=False)
class Reel:
    """An open video. Never close it: the process ends with its task.

    Attributes:
        container: PyAV's container.
        stream: its stream of pictures; one thread.
        tick_s: seconds of the stream's unit of time.
        origin: time stamp of the first picture, in units of the stream.
        stored_px: width and height of the first picture before rotation.
        rotation_deg: counter-clockwise turn that makes pictures upright.
    """

    container: InputContainer
    stream: VideoStream
    tick_s: float
    origin: int
    stored_px: tuple[int, int]
    rotation_deg: int

    @property
    def codec(self) -> str:
        """FFmpeg's name of the coding, e.g. "h264"."""
        return self.stream.codec_context.name

    @property
    def upright_px(self) -> tuple[int, int]:
        """Width and height of an upright picture."""
        width_px, height_px = self.stored_px
        return (height_px, width_px) if self.rotation_deg in (90, 270) else (width_px, height_px)

    def time_s(self, stamp: int) -> float:
        """Seconds from the first picture."""
        return (stamp - self.origin) * self.tick_s

    def stamp(self, time_s: float) -> int:
        """The stream's own unit, rounded down."""
        return int(time_s / self.tick_s) + self.origin

    def pictures_from(self, time_s: float) -> Iterator[Picture]:
        """Pictures from the last key frame before `time_s` on, in order of time. Damaged ones are left out."""
        if not self.seek(time_s):
            return iter(())
        return (Picture(self.time_s(stamp_of(frame)), frame) for frame in decoded(self.container, self.stream))

    def seek(self, time_s: float) -> bool:
        """Stand at the last key frame before `time_s`. False where the container cannot be read there."""
        try:
            self.container.seek(self.stamp(time_s), stream=self.stream)
        except av.FFmpegError as error:
            raise_if_out_of_memory(error)
            return False
        return True

    def pixels(self, picture: Picture, upright_px: tuple[int, int]) -> Array:
        """RGB uint8 (height, width, 3) of `picture`, scaled to `upright_px` (width, height) and turned upright."""
        width_px, height_px = upright_px if self.rotation_deg in (0, 180) else upright_px[::-1]
        smaller = width_px * height_px < picture.frame.width * picture.frame.height
        scaling = av.video.reformatter.Interpolation.AREA if smaller else av.video.reformatter.Interpolation.BILINEAR
        turned: Array = picture.frame.to_ndarray(
            format="rgb24", width=width_px, height=height_px, interpolation=scaling, threads=1
        )
        return np.asarray(cv2.rotate(turned, _TURNS[self.rotation_deg])) if self.rotation_deg else turned


def key_picture(reel: Reel, time_s: float) -> Picture | None:
    """The first picture that decodes at or behind the key frame before `time_s`, without decoding others."""
    if not reel.seek(time_s + _EXACT_S):
        return None
    try:
        for packet in itertools.islice(reel.container.demux(reel.stream), _PACKETS_TO_A_KEY):
            if not packet.is_keyframe:
                continue
            for frame in (*frames_of(reel.stream, packet), *frames_of(reel.stream, None)):
                return Picture(reel.time_s(stamp_of(frame)), frame)
            reel.stream.codec_context.flush_buffers()
    except av.FFmpegError as error:
        raise_if_out_of_memory(error)
    return None


def decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Frames from where `container` stands until its end, or until it cannot be read further."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError as error:
            raise_if_out_of_memory(error)
            return
        if packet is None:
            return
        yield from frames_of(stream, packet)


def frames_of(stream: VideoStream, packet: Any) -> list[VideoFrame]:
    """What comes out of the decoder after `packet` (None: what it still held), without damaged pictures."""
    try:
        return [frame for frame in stream.codec_context.decode(packet) if not frame.is_corrupt]
    except av.FFmpegError as error:
        raise_if_out_of_memory(error)
        return []


def stamp_of(frame: VideoFrame) -> int:
    """Presentation time in units of the stream; the decoding time where a container stores no other."""
    stamp = frame.pts if frame.pts is not None else frame.dts
    return 0 if stamp is None else stamp


def raise_if_out_of_memory(error: av.FFmpegError) -> None:
    """Damage is passed over where it is met, but a decoder that has no memory left is stopped."""
    if isinstance(error, MemoryError):
        raise error
