"""A fit of `region_consistency` as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class RegionSettings(BaseModel):
    """One fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    most: int | None = Field(default=None, description="Most files of each source; all when unset.", ge=1)
    sides_px: list[int] = Field(description="Sides of the square pictures that are made.", min_length=1)
    copies: list[int] = Field(description="Splices of each file, and as many untouched, for each of these sides.")
    cells: int = Field(description="Blocks of each picture that the network is taught with.", ge=2)
    hidden: int = Field(description="Units of the network's hidden layer.", ge=1)
    strength: float = Field(description="Inverse of the weight penalty of the test of the whole picture.", gt=0)
    cue_limit: float = Field(description="Largest magnitude of a log-likelihood ratio.", gt=0)
    least_px: int = Field(description="Shortest side that the test answers for.")
    least_quality: int = Field(description="Lowest quality that the test answers for.")


def load_region_settings(path: Path) -> RegionSettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return RegionSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
