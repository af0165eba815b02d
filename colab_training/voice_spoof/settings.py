"""A run of `voice_spoof` as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from telltale.model.v1 import card_pb2


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WindowSettings(_Strict):
    """How recordings are cut."""

    window_s: float = Field(description="Length of a window in seconds.", gt=0, le=10)
    hop_s: float = Field(description="Seconds from the start of a window to that of the next.", gt=0, le=10)
    min_s: float = Field(description="Least seconds of a window.", ge=0.5, le=10)
    level_dbfs: float = Field(description="Root mean square that windows are scaled to.", ge=-80, le=0)


class MakingSettings(_Strict):
    """What is made of the recordings of split train."""

    copies: tuple[str, ...] = Field(description="Vocoders that copy every real recording; see `vocoders.py`.")
    damaged: int = Field(description="Damaged versions of every recording, real or fake.", ge=0)
    damaged_copies: int = Field(description="Damaged versions of every copy.", ge=0)


class WeightSettings(_Strict):
    """What counts how much. A recording as it is counts 1 before sources are evened out."""

    copy_weight: float = Field(description="A copy of a real recording.", ge=0)
    damaged_weight: float = Field(description="A damaged version, against the sound that it was made of.", ge=0)


class TreeSettings(_Strict):
    """Boosted trees (Friedman 2001)."""

    trees: int = Field(description="Trees of one forest.", ge=1)
    forests: int = Field(description="Forests of different seeds; their mean counts.", ge=1)
    learning_rate: float = Field(description="Share of each tree.", gt=0, le=1)
    leaves: int = Field(description="Most leaves of a tree.", ge=2, le=64)
    shrinkage: float = Field(description="L2 penalty on the leaves' values.", ge=0)
    columns: float = Field(description="Share of the numbers that each split may choose from.", gt=0, le=1)
    share: float = Field(description="Say of the trees beside the kernel machine.", ge=0, le=1)


class KernelSettings(_Strict):
    """Support vectors with Gaussian kernels (Cortes and Vapnik 1995)."""

    softness: float = Field(description="C: how much a recording on the wrong side costs.", gt=0)
    sharpness: float = Field(description="Gamma times the number of measures.", gt=0)


class VoiceSettings(_Strict):
    """One run."""

    name: str
    version: str
    seed: int
    folds: int = Field(description="Parts by which judged sources are left out.", ge=2)
    windows: WindowSettings
    making: MakingSettings
    weights: WeightSettings
    trees: TreeSettings
    kernels: KernelSettings

    def preprocessing(self) -> card_pb2.SoundPreprocessing:
        """How windows are cut, for the card."""
        own = self.windows
        return card_pb2.SoundPreprocessing(
            sample_rate_hz=16000,
            window_s=own.window_s,
            hop_s=own.hop_s,
            min_s=own.min_s,
            level_dbfs=own.level_dbfs,
        )


def load_voice_settings(path: Path) -> VoiceSettings:
    """Raises pydantic.ValidationError, tomllib.TOMLDecodeError and OSError."""
    return VoiceSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
