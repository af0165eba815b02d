"""Makes samples/: a few small media with clear licences, for the README, demos and quick tests.

The pictures come from scikit-image's bundled data; the manipulations are ours and made here, with fixed seeds.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

Picture = NDArray[np.uint8]
SAMPLES = Path(__file__).resolve().parent.parent / "samples"
# Centre and half axes of the face in the astronaut portrait, in pixels.
FACE_CENTRE, FACE_AXES = (223, 115), (42, 56)

# What the AUTOMATIC1111 web interface writes into a PNG, with a prompt of ours.
GENERATOR_SETTINGS = """dunes at dusk, wide view
Negative prompt: people
Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 20261122, Size: 384x256, Model hash: 0000000000, Version: v1.9.0"""


def main() -> None:
    """Writes every sample."""
    portrait = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)
    write_jpeg("portrait.jpg", portrait, 92)
    write_jpeg("portrait_blended_face.jpg", blended_face(portrait), 92)
    write_jpeg("portrait_spliced_eyes.jpg", spliced_eyes(portrait), 95)
    write_jpeg("cat.jpg", cv2.cvtColor(data.chelsea(), cv2.COLOR_RGB2BGR), 90)
    write_jpeg("coffee.jpg", cv2.cvtColor(data.coffee(), cv2.COLOR_RGB2BGR), 85)
    (SAMPLES / "generator_mark.png").write_bytes(with_text(png(dunes()), "parameters", GENERATOR_SETTINGS))


def blended_face(portrait: Picture) -> Picture:
    """The face region, warped, recoloured and softened, blended back over itself: what a face swap leaves behind.

    After "Detecting Deepfakes with Self-Blended Images" (Shiohara and Yamasaki, 2022).
    """
    height, width = portrait.shape[:2]
    shift = cv2.getRotationMatrix2D(FACE_CENTRE, 1.5, 1.03)
    donor = cv2.warpAffine(portrait, shift, (width, height), flags=cv2.INTER_LINEAR)
    donor = cv2.resize(cv2.resize(donor, (width // 3, height // 3)), (width, height), interpolation=cv2.INTER_CUBIC)
    donor = np.clip(donor.astype(np.float32) * (1.06, 0.99, 0.94) + 6, 0, 255)
    mask = np.zeros((height, width), np.float32)
    cv2.ellipse(mask, FACE_CENTRE, FACE_AXES, 0, 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), 4)[..., None]
    return np.asarray(portrait * (1 - soft) + donor * soft, np.uint8)


def spliced_eyes(portrait: Picture) -> Picture:
    """The eye region replaced by its mirror image with seamless cloning: a retouching splice."""
    x, y, width, height = 187, 82, 72, 30
    patch = cv2.flip(portrait[y : y + height, x : x + width], 1)
    mask = np.full(patch.shape, 255, np.uint8)
    centre = (x + width // 2, y + height // 2)
    return cv2.seamlessClone(patch, portrait, mask, centre, cv2.NORMAL_CLONE).astype(np.uint8)


def dunes() -> Picture:
    """A landscape of sine waves: synthetic beyond doubt."""
    y, x = np.mgrid[0:256, 0:384].astype(np.float32)
    ridge = 150 + 22 * np.sin(x / 41) + 9 * np.sin(x / 13 + 1)
    sand = np.clip((y - ridge) / 40, 0, 1)[..., None]
    sky = np.stack([150 - y / 3, 120 - y / 4, 200 - y / 5], axis=-1)
    ground = np.stack([70 + 0 * y, 120 + 12 * np.sin(y / 5 + x / 30), 190 + 15 * np.sin(y / 5 + x / 30)], axis=-1)
    return np.asarray(np.clip(sky * (1 - sand) + ground * sand, 0, 255), np.uint8)


def png(picture: Picture) -> bytes:
    """The picture as a PNG file."""
    return cv2.imencode(".png", picture)[1].tobytes()


def with_text(file: bytes, keyword: str, text: str) -> bytes:
    """The PNG file with a tEXt chunk behind its header (PNG specification, 11.3.3.2)."""
    body = b"tEXt" + keyword.encode("latin-1") + b"\0" + text.encode("latin-1")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return file[:33] + chunk + file[33:]


def write_jpeg(name: str, picture: Picture, quality: int) -> None:
    """Writes a JPEG into samples/."""
    if not cv2.imwrite(str(SAMPLES / name), picture, [cv2.IMWRITE_JPEG_QUALITY, quality]):
        raise SystemExit(f"{name} could not be written")


if __name__ == "__main__":
    main()
