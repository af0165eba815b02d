"""A fit of the fusion of recordings as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class AudioFusionSettings(BaseModel):
    """One fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    lengths: list[int] = Field(
        description="Recordings, of one source and label, that long ones are strung of.", min_length=1
    )
    strings: int = Field(description="Long recordings of each length, source and label.", ge=1)
    largest_discount: float = Field(description="The prior pays at most this by the logarithm of the stretches.", gt=0)
    discount_step: float = Field(gt=0)
    by_hand: dict[str, float] = Field(description="Weights that are set by hand.")


def load_audio_fusion_settings(path: Path) -> AudioFusionSettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return AudioFusionSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
