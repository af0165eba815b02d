"""What a test of the voice might say of recordings: real ones of a large source and of small ones, and fakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from colab_training.audio_fusion.settings import AudioFusionSettings, load_audio_fusion_settings
from colab_training.voice_spoof.judgements import Judgement

CONFIG = Path(__file__).parents[4] / "colab_training" / "configs" / "audio_fusion.toml"
LARGE, SMALL, FAKES = "readers", "callers", "speakers"
_COUNTS = {LARGE: 120, SMALL: 25, FAKES: 80}


def settings(**changes: object) -> AudioFusionSettings:
    """The shipped settings with fewer strings."""
    return load_audio_fusion_settings(CONFIG).model_copy(update={"strings": 5, **changes})


def judgements(gap: float = 2.0, split: str = "train", callers: float = 0.0) -> list[Judgement]:
    """Ratios around plus and minus `gap`, those of one small real source `callers` higher; damaged ones say half as much."""
    rng = np.random.default_rng(0 if split == "train" else 1)
    ways = ("", "random") if split == "train" else ("", "opus")
    found = []
    for source, count in _COUNTS.items():
        for number in range(count):
            middle = gap if source == FAKES else -gap + callers * (source == SMALL)
            found += [_judgement(source, number, split, way, middle, rng) for way in ways]
    return found


def _judgement(source: str, number: int, split: str, way: str, middle: float, rng: np.random.Generator) -> Judgement:
    ratio = float(rng.normal(middle / 2 if way else middle, 1.2))
    fake = source == FAKES
    return Judgement(
        f"{source}/{number}.flac", source, f"{source} {number % 7}", "vocoder" if fake else "", split, fake, way, ratio
    )
