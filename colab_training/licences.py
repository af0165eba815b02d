"""Licences and terms of the bodies of data, for the cards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from colab_training.manifest import Sample
from telltale.model.v1 import card_pb2

TERMS = {
    "swap_dfdc": "DFDC terms (research)",
    "stylegan2_tpdne": "FFHQ: CC BY-NC-SA 4.0 and others; generated faces: no licence stated (research)",
    "splice_ciplab": "non-commercial research",
    "diffusion_sd3": "CC0",
    "gan_genphotos": "CelebA: non-commercial research; generated faces: Generated Photos terms (research)",
}
WEIGHTS_LICENCE = (
    "Apache-2.0 for the code; weights learned from data with research and non-commercial terms (see training_data)"
)


def training_data(samples: Sequence[Sample], manifest_sha256: str) -> list[card_pb2.TrainingData]:
    """One entry per source, largest first."""
    counts = Counter(sample.source for sample in samples)
    return [
        card_pb2.TrainingData(name=name, licence=TERMS[name], manifest_sha256=manifest_sha256, items=items)
        for name, items in counts.most_common()
    ]
