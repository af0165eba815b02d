"""Lossy codecs in memory: sound goes through a real encoder and its decoder, and comes back as long as it was and in step.

It decodes only what it has encoded itself.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import av
import numpy as np
import soxr

from colab_training.speech_files import Sound

# Encoders delay the sound by less than this; players know by how much, we measure it.
_MOST_DELAY_S: Final = 0.15


@dataclass(frozen=True)
class Coding:
    """One setting of an encoder."""

    encoder: str
    """FFmpeg's name of it."""
    container: str
    """FFmpeg's name of the file format."""
    rate_hz: int
    """Samples a second that it is fed with."""
    bits_per_second: int


def coded(samples: Sound, rate_hz: int, coding: Coding) -> Sound:
    """Samples (S,) in [-1, 1] after encoder and decoder: (S,), the codec's delay removed. Silence stays as it is."""
    if not np.any(samples):
        return samples.copy()
    # Some silence behind, or what the encoder keeps back would be missing at the end.
    tail = np.zeros(round(2 * _MOST_DELAY_S * rate_hz), np.float32)
    fed = resampled(np.concatenate([samples, tail]), rate_hz, coding.rate_hz)
    decoded, decoded_hz = _decoded(_encoded(fed, coding))
    return _in_step(resampled(decoded, decoded_hz, rate_hz), samples, round(_MOST_DELAY_S * rate_hz))


def resampled(samples: Sound, from_hz: int, to_hz: int) -> Sound:
    """Samples at another rate, in [-1, 1]."""
    if from_hz == to_hz:
        return samples
    return np.clip(np.asarray(soxr.resample(samples, from_hz, to_hz), dtype=np.float32), -1, 1)


def _encoded(samples: Sound, coding: Coding) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=coding.container) as container:
        stream = container.add_stream(coding.encoder, rate=coding.rate_hz)
        assert isinstance(stream, av.AudioStream)
        stream.codec_context.layout = "mono"
        stream.bit_rate = coding.bits_per_second
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), format="fltp", layout="mono")
        frame.sample_rate = coding.rate_hz
        for ready in _fitted(frame, stream):
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def _fitted(frame: av.AudioFrame, stream: av.AudioStream) -> Iterator[av.AudioFrame]:
    """The frame in the sample format and the lengths that the encoder takes."""
    context = stream.codec_context
    context.open(strict=False)
    resampler = av.AudioResampler(
        context.format.name, context.layout.name, context.sample_rate, frame_size=context.frame_size
    )
    yield from resampler.resample(frame)
    yield from resampler.resample(None)


def _decoded(data: bytes) -> tuple[Sound, int]:
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.audio[0]
        stream.codec_context.thread_count = 1
        resampler = av.AudioResampler("fltp", "mono", stream.codec_context.sample_rate)
        pieces = [piece.to_ndarray()[0] for frame in container.decode(stream) for piece in resampler.resample(frame)]
        return np.concatenate(pieces).astype(np.float32, copy=False), stream.codec_context.sample_rate


def _in_step(decoded: Sound, original: Sound, most: int) -> Sound:
    """The part of `decoded` that lies on `original`, by their cross-correlation at delays of -most to +most samples."""
    size = 1 << (max(len(decoded), len(original)) + most).bit_length()
    product = np.fft.rfft(decoded, size) * np.conj(np.fft.rfft(original, size))
    # Whitened by its magnitude a little, so that the peak is sharp where speech is periodic.
    likeness = np.fft.irfft(product / np.sqrt(np.abs(product) + 1e-9), size)
    delay = int(np.argmax(np.concatenate([likeness[-most:], likeness[: most + 1]]))) - most
    shifted = decoded[delay:] if delay >= 0 else np.concatenate([np.zeros(-delay, np.float32), decoded])
    padded = np.pad(shifted, (0, max(0, len(original) - len(shifted))))
    return np.clip(padded[: len(original)], -1, 1)
