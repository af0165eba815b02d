"""Stills out of clips, without loss, at a fixed distance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from colab_training.preparation.folder import Row, write_rows
from colab_training.preparation.settings import FrameSettings
from kit.convert.tensor import Picture

COLUMNS = ("file", "label", "kind", "split", "group", "clip", "frame")


def extract_all(av: Path, clips: Sequence[Row], out: Path, settings: FrameSettings) -> list[Row]:
    """Frames of all clips as PNG below `out`, and their manifest. The group is the clip's source. Raises ValueError."""
    rows = [row for clip in tqdm(clips, "frames", mininterval=5) for row in extract(av, clip, out, settings)]
    write_rows(out, rows, COLUMNS)
    return rows


def extract(av: Path, clip: Row, out: Path, settings: FrameSettings) -> Iterator[Row]:
    """Writes the frames of one clip and gives their lines. Raises ValueError when the clip cannot be decoded."""
    for number, pixels in frames(av / clip["file"], settings):
        name = f"{Path(clip['file']).with_suffix('')}__{number:05d}.png"
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(out / name), pixels[..., ::-1])
        yield {
            "file": name,
            "label": clip["label"],
            "kind": clip["kind"],
            "split": clip["split"],
            "group": clip["source"],
            "clip": clip["file"],
            "frame": str(number),
        }


def frames(path: Path, settings: FrameSettings) -> Iterator[tuple[int, Picture]]:
    """Number and pixels, uint8 (H, W, 3) RGB, of every `every`th frame. Raises ValueError when not even one can be read."""
    capture = cv2.VideoCapture(str(path))
    try:
        for number in range(settings.every * (settings.most - 1) + 1):
            if not capture.grab():
                break
            if number % settings.every == 0:
                yield number, _pixels(capture, path, number)
        else:
            return
        if number == 0:
            raise ValueError(f"{path} is no clip that OpenCV can read; check the data folder")
    finally:
        capture.release()


def _pixels(capture: cv2.VideoCapture, path: Path, number: int) -> Picture:
    read, frame = capture.retrieve()
    if not read:
        raise ValueError(f"{path} promises a frame {number} that cannot be decoded; check the data folder")
    return np.ascontiguousarray(frame[..., ::-1], np.uint8)
