"""H.264 files in memory, so that made fakes and their originals went through the same encoder."""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np

from colab_training.video.footage import Frames


@dataclass(frozen=True)
class Encoding:
    """How a clip is compressed."""

    constant_rate_factor: int
    """Of x264: 18 is hardly to be told from the original, 40 is poor."""
    scale: float
    """Sides of the pictures as a share of the original's."""


def encoded(pixels: Frames, rate_fps: float, encoding: Encoding) -> bytes:
    """An MP4 file of pictures (T, H, W, 3) RGB, without sound."""
    height, width = (max(16, round(side * encoding.scale / 2) * 2) for side in pixels.shape[1:3])
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(rate_fps).limit_denominator(1001))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": str(encoding.constant_rate_factor), "preset": "veryfast", "threads": "1"}
        for picture in pixels:
            fitted = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(fitted), format="rgb24")))
        container.mux(stream.encode())
    return buffer.getvalue()


def reencoded(data: bytes, encoding: Encoding) -> bytes:
    """The pictures of a labelled file encoded once more, without sound.

    It decodes outside the sandbox: not for files of strangers.
    """
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        pixels = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(stream)])
        return encoded(pixels, float(stream.average_rate or 25), encoding)


def random_encoding(rng: np.random.Generator, face_px: float, least_face_px: float) -> Encoding:
    """From nearly untouched to poor; the face stays at least `least_face_px` wide where it was."""
    least = min(1.0, least_face_px / face_px)
    return Encoding(int(rng.integers(18, 36)), float(rng.uniform(max(0.55, least), 1.0)))
