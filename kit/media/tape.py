"""An open sound track inside the sandbox (PyAV, FFmpeg): mono, in [-1, 1], timed from a zero of the caller's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from kit.media.facts import Array
from kit.media.reel import raise_if_out_of_memory

_BLOCK_SAMPLES = 2**16
_LEAD_S = 0.4
"""Decoders need to have heard what came before: Opus 80 ms (RFC 7845), MP3 its bit reservoir, AAC one frame."""
_BEFORE_S = 1.0  # Matroska's index leads behind packets with negative stamps, which hold the decoder's start
_STEPS_BACK_S = (0.0, 2.0, 10.0)
_ZERO_OF = {"u8": 128.0}
_FULL_SCALE = {"u8": 2.0**7, "s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63}


@dataclass(frozen=True, eq=False)
class Block:
    """A little decoded sound.

    Attributes:
        time_s: of the first sample.
        rate_hz: samples a second.
        samples: float32 (S,), mean of the channels, finite and within [-1, 1]; what was not is silence here.
        broken: how many of them held something that is no number.
    """

    time_s: float
    rate_hz: int
    samples: Array
    broken: int


@dataclass(frozen=True, eq=False)
class Tape:
    """An open sound track. Never close it: the process ends with its task.

    Attributes:
        container: PyAV's container.
        stream: its stream of sound; one thread.
        tick_s: seconds of the stream's unit of time.
        zero_s: time zero on the container's clock.
        first_s: on the container's clock, when the sound begins.
        rate_hz: samples a second at the beginning.
        channels: at the beginning.
    """

    container: InputContainer
    stream: AudioStream
    tick_s: float
    zero_s: float
    first_s: float
    rate_hz: int
    channels: int

    @property
    def codec(self) -> str:
        """FFmpeg's name of the coding, e.g. "aac"."""
        return self.stream.codec_context.codec.canonical_name

    def time_s(self, stamp: int) -> float:
        """Seconds from zero."""
        return stamp * self.tick_s - self.zero_s

    def blocks_from(self, time_s: float) -> Iterator[Block]:
        """The sound from a little before `time_s` on, in order of the file. Damaged pieces are left out."""
        end_s = self.first_s - self.zero_s
        for frame in self._frames_from(time_s):
            start_s = end_s if frame.pts is None else self.time_s(frame.pts)
            end_s = start_s + frame.samples / frame.sample_rate
            yield from _blocks_of(frame, start_s)

    def rewind(self) -> bool:
        """Stand at the beginning. False where the container cannot be read there."""
        first_s = self.first_s - self.zero_s
        return self._seek(first_s - _BEFORE_S) or self._seek(first_s)

    def _frames_from(self, time_s: float) -> Iterator[AudioFrame]:
        """Packets that end well before are passed over: each is decoded nearly on its own."""
        packets = self._packets_from(time_s - _LEAD_S)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                raise_if_out_of_memory(error)
                return
            if packet is None:
                return
            if packet.pts is None or self.time_s(packet.pts + (packet.duration or 0)) >= time_s - _LEAD_S:
                yield from frames_of(self.stream, packet)

    def _packets_from(self, time_s: float) -> Iterator[Packet[AudioStream]]:
        """Not every container's index leads to a packet before the moment asked for."""
        for step_back_s in _STEPS_BACK_S:
            if time_s - step_back_s <= self.first_s - self.zero_s or not self._seek(time_s - step_back_s):
                break
            packets = self.container.demux(self.stream)
            try:
                first = next(packets, None)
            except av.FFmpegError as error:
                raise_if_out_of_memory(error)
                break
            if first is not None and first.pts is not None and self.time_s(first.pts) <= time_s:
                return _chained(first, packets)
        return self.container.demux(self.stream) if self.rewind() else iter(())

    def _seek(self, time_s: float) -> bool:
        try:
            self.container.seek(int((time_s + self.zero_s) / self.tick_s), stream=self.stream)
        except av.FFmpegError as error:
            raise_if_out_of_memory(error)
            return False
        return True


def frames_of(stream: AudioStream, packet: Packet[AudioStream]) -> list[AudioFrame]:
    """What comes out of the decoder after `packet`, without what is damaged or empty."""
    try:
        frames = stream.codec_context.decode(packet)
    except av.FFmpegError as error:
        raise_if_out_of_memory(error)
        return []
    return [frame for frame in frames if frame.samples > 0 and frame.sample_rate > 0 and not frame.is_corrupt]


def _chained(first: Packet[AudioStream], others: Iterator[Packet[AudioStream]]) -> Iterator[Packet[AudioStream]]:
    yield first
    yield from others


def _blocks_of(frame: AudioFrame, start_s: float) -> Iterator[Block]:
    """A frame may hold as much as its container says; its floats would take many times that."""
    stored = frame.to_ndarray()
    if not frame.format.is_planar:
        stored = stored.reshape(-1, frame.layout.nb_channels).T
    for at in range(0, stored.shape[1], _BLOCK_SAMPLES):
        samples, broken = _mono(stored[:, at : at + _BLOCK_SAMPLES], frame.format.packed.name)
        yield Block(start_s + at / frame.sample_rate, frame.sample_rate, samples, broken)


def _mono(stored: Array, sample_format: str) -> tuple[Array, int]:
    """Mean of the channels (C, S); PCM in floats may hold anything."""
    broken = 0
    if stored.dtype.kind == "f":
        numbers = np.isfinite(stored)
        broken = int((~numbers.all(axis=0)).sum())
        stored = np.clip(np.where(numbers, stored, 0.0), -1e6, 1e6)
    mean = stored.mean(axis=0, dtype=np.float64)
    values = (mean - _ZERO_OF.get(sample_format, 0.0)) / _FULL_SCALE.get(sample_format, 1.0)
    return np.clip(values, -1.0, 1.0).astype(np.float32), broken
