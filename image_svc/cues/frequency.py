"""`frequency`: is power spread over frequencies, and over the coefficients of 8x8 blocks, as in camera pictures?

Generators and blending leave less, or periodic, power at high frequencies: Durall et al., "Watch your Up-Convolution" (CVPR
2020); Frank et al., "Leveraging Frequency Analysis for Deep Fake Image Recognition" (ICML 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from image_svc.cues.gates import Refusal, admit
from image_svc.cues.handcrafted import Handcrafted, Measured
from image_svc.features import FREQUENCY_WINDOW, frequency_features
from kit.vision.faces import Face, Picture


def measure(picture: Picture, faces: Sequence[Face]) -> Measured | Refusal:
    """Spectra and block-DCT statistics of the largest face, at native resolution."""
    admitted = admit(picture, faces, FREQUENCY_WINDOW)
    if isinstance(admitted, Refusal):
        return admitted
    return Measured(frequency_features(admitted.pixels), admitted.blockiness)


FREQUENCY: Final = Handcrafted("frequency", "frequency_spectrum_unusual", "frequency_spectrum_usual", measure)
