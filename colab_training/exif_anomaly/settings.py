"""A fit of `exif_anomaly` as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class AnomalySettings(BaseModel):
    """One fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    seed: int
    draws: int = Field(description="Files made of each camera file by each forgery.", ge=1)
    ridge: float = Field(description="Penalty on half the sum of squared weights.", gt=0)
    least: float = Field(description="Lowest log-likelihood ratio that is ever told.", le=0)
    most: float = Field(description="Highest log-likelihood ratio that is ever told.", ge=0)


def load_anomaly_settings(path: Path) -> AnomalySettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return AnomalySettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
