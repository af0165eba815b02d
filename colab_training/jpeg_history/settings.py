"""A fit of `jpeg_history` as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class HistorySettings(BaseModel):
    """One fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    most: int | None = Field(default=None, description="Most files of each source; all when unset.", ge=1)
    sides_px: list[int] = Field(description="Sides of the square pictures that are made.", min_length=1)
    once: list[int] = Field(description="Copies of each file that are compressed once, for each of these sides.")
    twice: list[int] = Field(description="Copies that are compressed twice on one grid, and as many on two.")
    first_qualities: list[int] = Field(description="Qualities of the first compression.")
    second_qualities: list[int] = Field(description="Qualities of the second compression.")
    strength: float = Field(description="Inverse of the weight penalty of the logistic regression.", gt=0)
    cue_limit: float = Field(description="Largest log-likelihood ratio of a contradiction with the named camera.", gt=0)


def load_history_settings(path: Path) -> HistorySettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return HistorySettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
