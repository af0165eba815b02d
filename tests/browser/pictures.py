"""The photo that the tests hand in, and the heatmap that the server answers."""

from __future__ import annotations

import cv2
import numpy as np

WIDTH_PX, HEIGHT_PX = 640, 480


def photo() -> bytes:
    """A JPEG of 640 x 480 pixels: a soft sky over a field."""
    rows = np.linspace(0, 1, HEIGHT_PX)[:, None, None]
    picture = (1 - rows) * np.array([200, 150, 90]) + rows * np.array([60, 130, 90]) + np.zeros((1, WIDTH_PX, 1))
    cv2.circle(picture, (260, 200), 90, (140, 170, 215), -1)
    return cv2.imencode(".jpg", picture.astype(np.uint8))[1].tobytes()


def heatmap() -> bytes:
    """A PNG with transparency that covers the whole picture: a red spot."""
    y, x = np.mgrid[0:48, 0:64]
    response = np.exp(-((x - 26) ** 2 + (y - 20) ** 2) / 60)
    layers = np.dstack([np.zeros_like(response), response * 0.2, np.ones_like(response), response]) * 255
    return cv2.imencode(".png", layers.astype(np.uint8))[1].tobytes()
