"""Recordings and videos of any length to measure with: what one clip shows and says, again and again."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from bench.video.footage import piece, repeated

RATE_HZ = 16_000
_FRAME_SAMPLES = 1_024
Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Talk:
    """One clip in which somebody speaks in view."""

    ten_seconds: bytes
    """Its pictures at 720 lines, H.264, see `bench.video.footage`."""
    speech: Samples
    """(S,) its sound at RATE_HZ, mono."""

    @classmethod
    def of(cls, clip: Path) -> Talk:
        """Raises ValueError for a clip without sound."""
        return cls(piece(clip), _speech(clip))

    def recording(self, length_s: float) -> bytes:
        """A WAV."""
        file = io.BytesIO()
        with wave.open(file, "wb") as written:
            written.setnchannels(1)
            written.setsampwidth(2)
            written.setframerate(RATE_HZ)
            written.writeframes(self.samples(length_s).tobytes())
        return file.getvalue()

    def video(self, length_s: float) -> bytes:
        """An MP4 with sound (AAC). Lips and sound fit at the beginning only, which costs the same."""
        file, pictures = io.BytesIO(), io.BytesIO(repeated(self.ten_seconds, length_s))
        with av.open(file, "w", format="mp4") as output, av.open(pictures) as silent:
            stream = output.add_stream_from_template(silent.streams.video[0])
            sound = output.add_stream("aac", rate=RATE_HZ, layout="mono")
            for packet in silent.demux(silent.streams.video[0]):
                if packet.dts is not None:
                    packet.stream = stream
                    output.mux(packet)
            samples = self.samples(length_s)
            for first in range(0, len(samples), _FRAME_SAMPLES):
                output.mux(sound.encode(_frame(samples[first : first + _FRAME_SAMPLES], first)))
            output.mux(sound.encode(None))
        return file.getvalue()

    def samples(self, length_s: float) -> Samples:
        """The speech as often as it takes."""
        return np.resize(self.speech, round(length_s * RATE_HZ))


def _speech(clip: Path) -> Samples:
    with av.open(str(clip)) as container:
        if not container.streams.audio:
            raise ValueError(f"{clip} has no sound; name a clip in which somebody speaks")
        mono = av.AudioResampler("s16", "mono", RATE_HZ)
        frames = [frame for each in container.decode(container.streams.audio[0]) for frame in mono.resample(each)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.int16)


def _frame(samples: Samples, first: int) -> av.AudioFrame:
    floats = np.ascontiguousarray(samples[np.newaxis], np.float32) / 32_768
    frame = av.AudioFrame.from_ndarray(floats, format="fltp", layout="mono")
    frame.sample_rate, frame.time_base, frame.pts = RATE_HZ, Fraction(1, RATE_HZ), first
    return frame
