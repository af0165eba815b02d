"""The video that the tests hand in: two heads that move over a landscape for eight seconds."""

from __future__ import annotations

import io
import math
from functools import cache

import av
import cv2
import numpy as np
import numpy.typing as npt

from tests.browser import recordings

WIDTH_PX, HEIGHT_PX = 480, 270
RATE_FPS = 12
LENGTH_S = 8
Box = tuple[float, float, float, float]


def head(person: int, time_s: float) -> Box:
    """Where a head is: left, top, right, bottom, relative to the picture."""
    sway = 0.06 * math.sin(time_s * 1.3 + person)
    left, top, width, height = ((0.16, 0.24, 0.18, 0.42), (0.62, 0.3, 0.15, 0.35))[person]
    return left + sway, top, left + sway + width, top + height


@cache
def film() -> bytes:
    """VP9 in WebM, which every free browser plays; 8 s at 12 pictures a second, no sound."""
    file = io.BytesIO()
    with av.open(file, mode="w", format="webm") as container:
        _add_pictures(container)
    return file.getvalue()


@cache
def talking_film() -> bytes:
    """The same with the voice of `recordings`, as Opus."""
    file = io.BytesIO()
    with av.open(file, mode="w", format="webm") as container:
        sound = container.add_stream("libopus", rate=48_000, layout="mono")
        _add_pictures(container)
        heard = av.AudioFrame.from_ndarray(recordings.samples()[None], format="s16", layout="mono")
        heard.sample_rate = recordings.RATE_HZ
        for resampled in av.AudioResampler(format="s16", layout="mono", rate=48_000).resample(heard):
            container.mux(sound.encode(resampled))
        container.mux(sound.encode())
    return file.getvalue()


def _add_pictures(container: av.container.OutputContainer) -> None:
    stream = container.add_stream("libvpx-vp9", rate=RATE_FPS, options={"deadline": "realtime", "cpu-used": "8"})
    stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
    for number in range(LENGTH_S * RATE_FPS):
        picture = av.VideoFrame.from_ndarray(_picture(number / RATE_FPS), format="bgr24")
        container.mux(stream.encode(picture))
    container.mux(stream.encode())


def _picture(time_s: float) -> npt.NDArray[np.uint8]:
    rows = np.linspace(0, 1, HEIGHT_PX)[:, None, None]
    sky = (1 - rows) * np.array([205, 165, 110]) + rows * np.array([70, 135, 100]) + np.zeros((1, WIDTH_PX, 1))
    picture: npt.NDArray[np.uint8] = np.ascontiguousarray(sky.astype(np.uint8))
    for person in (0, 1):
        left, top, right, bottom = head(person, time_s)
        centre = (round((left + right) / 2 * WIDTH_PX), round((top + bottom) / 2 * HEIGHT_PX))
        axes = (round((right - left) / 2 * WIDTH_PX), round((bottom - top) / 2 * HEIGHT_PX))
        cv2.ellipse(picture, centre, axes, 0, 0, 360, (140, 170, 215), -1)
        for side in (-1, 1):
            eye = (centre[0] + side * axes[0] // 3, centre[1] - axes[1] // 5)
            cv2.circle(picture, eye, 4, (40, 40, 40), -1)
        cv2.ellipse(picture, (centre[0], centre[1] + axes[1] // 3), (axes[0] // 3, 4), 0, 0, 180, (60, 60, 150), 2)
    return picture
