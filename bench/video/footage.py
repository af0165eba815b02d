"""Videos of any length to measure with: one clip of a face at 1280 x 720, repeated without encoding it anew."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np

WIDTH_PX, HEIGHT_PX, RATE_FPS = 1280, 720, 25
_PIECE_S = 10


def piece(clip: Path) -> bytes:
    """Ten seconds of H.264 from a clip with one face, played forwards and backwards, enlarged to 720 lines on a plain ground.

    Key frames lie as far apart as the encoder's defaults put them, which is what makes seeking dear.
    """
    with av.open(str(clip)) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(container.streams.video[0])]
    back_and_forth = [*pictures, *pictures[-2:0:-1]]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=RATE_FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.options = {"crf": "23", "preset": "veryfast", "bf": "0"}
        for number in range(_PIECE_S * RATE_FPS):
            picture = _on_ground(back_and_forth[number % len(back_and_forth)])
            output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        output.mux(stream.encode())
    return buffer.getvalue()


def repeated(ten_seconds: bytes, length_s: float) -> bytes:
    """The piece as often as it takes for `length_s` seconds, packets copied."""
    wanted, buffer = round(length_s * RATE_FPS), io.BytesIO()
    with av.open(buffer, "w", format="mp4") as output, av.open(io.BytesIO(ten_seconds)) as first:
        stream = output.add_stream_from_template(first.streams.video[0])
        for number in range(wanted):
            if number % (_PIECE_S * RATE_FPS) == 0:
                packets = _packets(ten_seconds)
            packet = next(packets)
            packet.stream = stream
            packet.pts = packet.dts = number * (packet.duration or 1)
            output.mux(packet)
    return buffer.getvalue()


def _packets(data: bytes) -> Iterator[av.Packet]:
    container = av.open(io.BytesIO(data))
    return (packet for packet in container.demux(container.streams.video[0]) if packet.dts is not None)


def _on_ground(picture: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    scale = HEIGHT_PX / picture.shape[0]
    width_px = min(WIDTH_PX, round(picture.shape[1] * scale))
    ground = np.full((HEIGHT_PX, WIDTH_PX, 3), 90, np.uint8)
    left = (WIDTH_PX - width_px) // 2
    ground[:, left : left + width_px] = cv2.resize(picture, (width_px, HEIGHT_PX), interpolation=cv2.INTER_CUBIC)
    return ground
