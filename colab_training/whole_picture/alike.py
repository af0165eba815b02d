"""Makes the pictures of two sources alike in all that is no content: same geometry, resizing, light and JPEG."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from colab_training.whole_picture.sources import Labelled
from kit.convert.tensor import Picture

Read = Callable[[Labelled], Picture]


@dataclass(frozen=True)
class Alike:
    """What all pictures are brought to."""

    name: str
    """As it stands in the card."""
    centre_px: int
    """Side of the square from the middle that is kept; of a smaller picture, all that fits."""
    side_px: int
    """Side that the square is reduced to."""
    level: float = 110.0
    """Mean of each colour, 0 to 255."""
    spread: float = 40.0
    """Mean standard deviation of the colours, 0 to 255; both but for values cut off at 0 and 255."""
    quality: int = 90
    """JPEG quality; subsampling is 4:2:0."""

    def jpeg(self, picture: Picture) -> bytes:
        """The file of the picture made alike."""
        height, width = picture.shape[:2]
        side = min(height, width, self.centre_px)
        top, left = (height - side) // 2, (width - side) // 2
        square = picture[top : top + side, left : left + side]
        small = np.asarray(cv2.resize(square, (self.side_px, self.side_px), interpolation=cv2.INTER_AREA), np.uint8)
        flags = [cv2.IMWRITE_JPEG_QUALITY, self.quality, *_SAMPLING]
        _, data = cv2.imencode(".jpg", self._lit(small)[..., ::-1], flags)
        return data.tobytes()

    def _lit(self, picture: Picture) -> Picture:
        values = picture.astype(np.float32)
        gain = self.spread / max(1.0, float(values.std(axis=(0, 1)).mean()))
        return np.clip((values - values.mean(axis=(0, 1))) * gain + self.level + 0.5, 0, 255).astype(np.uint8)

    def read(self, labelled: Labelled) -> Picture:
        """The picture made alike, uint8 (side, side, 3) RGB."""
        return self.made(labelled.read())

    def made(self, picture: Picture) -> Picture:
        """The same of a decoded picture."""
        pixels = cv2.imdecode(np.frombuffer(self.jpeg(picture), np.uint8), cv2.IMREAD_COLOR)
        return np.ascontiguousarray(pixels[..., ::-1], np.uint8)


_SAMPLING = (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420)

# The real pictures of gan_genphotos are 178 px wide and its fakes 256 px. Cut to the same size, faces of fakes are larger; made
# to show the same part of a person, fakes are reduced more. Neither is quite fair, and both are measured.
CUT = Alike("cut and reduced alike", centre_px=176, side_px=128)
FRAMED = Alike("framed alike", centre_px=4096, side_px=128)
# diffusion_sd3 has 1024 px; the portraits that it is held against came down to 384 px from as many.
PORTRAIT = Alike("reduced alike", centre_px=4096, side_px=384)


def fair_read(labelled: Labelled) -> Read:
    """How to read a picture that is learned from or calibrated on."""
    # In gan_genphotos the classes differ in size and compression, which must not pass for a generator's traces.
    return FRAMED.read if labelled.sample.source == "gan_genphotos" else Labelled.read
