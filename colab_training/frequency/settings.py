"""A fit of `frequency` as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from colab_training.equalise import Equalisation


class FrequencySettings(BaseModel):
    """One fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    taught: list[str] = Field(
        description="Sources that the test is fitted and calibrated on; others are only measured."
    )
    most: int = Field(description="Most pictures to fit on, of each source and class.", ge=1)
    copies: int = Field(description="Degraded copies of each picture, beside the picture as it is.", ge=0)
    strength: float = Field(description="Inverse of the weight penalty of the logistic regression.", gt=0)
    degradation: Equalisation


def load_frequency_settings(path: Path) -> FrequencySettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return FrequencySettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
