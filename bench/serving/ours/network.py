"""A network that takes JPEG files, in front of the one that takes pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bench.serving.work import INPUT, Pixels, pixels, prepared
from kit.batching.crew import Crew
from kit.media.file import MediaFile
from kit.media.image import decode_image
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.models.runtime import Tensor

JPEG = "jpeg"

Decode = Callable[[bytes], Pixels]


@dataclass(frozen=True)
class JpegCrew:
    """Decodes and then runs the network, both in one turn at the cores: more decoders than cores would be in each other's way."""

    decode: Decode
    network: Crew

    def run(self, inputs: Mapping[str, Tensor], *, wide: bool) -> dict[str, Tensor]:
        """Files in the tensor `jpeg`, as many probabilities out. Raises ValueError when one cannot be read."""
        pixels_of = [self.decode(jpeg) for jpeg in inputs[JPEG].tolist()]
        return self.network.run({INPUT: np.concatenate(pixels_of)}, wide=wide)

    def close(self) -> None:
        """Gives the network's memory back."""
        self.network.close()


def decode_here(jpeg: bytes) -> Pixels:
    """As every other server does it: in the process that serves."""
    return pixels(jpeg)


def decode_in(sandbox: Sandbox) -> Decode:
    """As our services do it: each file in a process of its own that can do nothing but compute."""

    def decode(jpeg: bytes) -> Pixels:
        with MediaFile.from_bytes(jpeg) as media:
            return prepared(decode_image(sandbox, media, MediaLimits()).pixels, swap_colours=False)

    return decode
