"""The one work: JPEG bytes in, one probability out. The loop that is the ceiling and every server run this very file.

It needs numpy, OpenCV and ONNX Runtime and nothing of ours, so that it runs in every server's own environment.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

SIDE_PX = 224
MIDDLE = 127.5
INPUT, OUTPUT = "face", "probability"

Picture = NDArray[np.uint8]
Pixels = NDArray[np.float32]


def pixels(jpeg: bytes) -> Pixels:
    """What the network takes of a photo: float32 (1, 3, 224, 224), RGB, -1 to 1. Raises ValueError when it is none."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("these bytes are no JPEG that OpenCV can read")
    return prepared(picture, swap_colours=True)


def prepared(picture: Picture, *, swap_colours: bool) -> Pixels:
    """The same of a decoded photo, uint8 (height, width, 3), RGB or with `swap_colours` BGR."""
    small = cv2.resize(picture, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR)
    normal: Any = cv2.dnn.blobFromImage(small, 1 / MIDDLE, mean=(MIDDLE,) * 3, swapRB=swap_colours)
    return normal  # (1, 3, 224, 224)


class Work:
    """The function. May be called from several threads."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session

    def __call__(self, jpeg: bytes) -> float:
        """The probability of one file."""
        return float(self._session.run([OUTPUT], {INPUT: pixels(jpeg)})[0][0])

    def many(self, jpegs: Sequence[bytes]) -> list[float]:
        """The same of several in one run of the network, for servers that put requests together."""
        batch = np.concatenate([pixels(jpeg) for jpeg in jpegs])
        return [float(each) for each in self._session.run([OUTPUT], {INPUT: batch})[0]]


def open_work(network: Path, threads: int | None = None) -> Work:
    """`threads` is how many cores one call may use; None leaves that to the libraries, which take all."""
    options = onnxruntime.SessionOptions()
    if threads is not None:
        cv2.setNumThreads(threads)
        options.intra_op_num_threads = threads
    return Work(onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"]))
