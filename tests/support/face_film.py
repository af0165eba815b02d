"""A video with a face: a photo under a camera that sways and comes closer."""

from __future__ import annotations

import io
import math
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

WIDTH_PX, HEIGHT_PX, RATE_FPS = 480, 360, 25
Pixels = npt.NDArray[np.uint8]


def face_film(photo: Path, length_s: float, *, rate_fps: int = RATE_FPS, rotation_deg: int = 0) -> bytes:
    """An MP4 (H.264). `rotation_deg` is how far, counter-clockwise, players have to turn the stored pictures."""
    with Image.open(photo) as image:
        still = np.asarray(image.convert("RGB"))
    file = io.BytesIO()
    with av.open(file, mode="w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate_fps, options={"preset": "ultrafast", "crf": "18"})
        turns = rotation_deg // 90
        stream.height, stream.width = (WIDTH_PX, HEIGHT_PX) if turns % 2 else (HEIGHT_PX, WIDTH_PX)
        stream.pix_fmt = "yuv420p"
        if rotation_deg:
            stream.set_display_rotation(rotation_deg)
        for number in range(max(1, round(length_s * rate_fps))):
            picture = np.ascontiguousarray(np.rot90(_seen(still, number / rate_fps), -turns))
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate_fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def _seen(still: Pixels, time_s: float) -> Pixels:
    """(HEIGHT_PX, WIDTH_PX, 3): the photo from where the camera is at that moment."""
    zoom = 0.85 + 0.1 * math.sin(time_s * 0.9)
    right, down = 20 * math.sin(time_s * 1.7), 12 * math.sin(time_s * 1.1)
    height, width = still.shape[:2]
    # The face is above the middle of the photo.
    left, top = WIDTH_PX / 2 - zoom * width * 0.45 + right, HEIGHT_PX / 2 - zoom * height * 0.3 + down
    moved = np.array([[zoom, 0, left], [0, zoom, top]], np.float64)
    seen = cv2.warpAffine(still, moved, (WIDTH_PX, HEIGHT_PX), borderMode=cv2.BORDER_REPLICATE)
    return seen.astype(np.uint8, copy=False)
