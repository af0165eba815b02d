"""A fit of the fusion of videos as one TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class VideoFusionSettings(BaseModel):
    """One fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rounds: int = Field(description="How often the decisive stretch is looked for and the weights are fitted.", ge=1)
    start_weight: float = Field(description="Weight of every test at first, to which the penalty draws it.", ge=0)
    largest_weight: float = Field(description="No weight is above it.", gt=0)
    penalty: float = Field(description="L2 penalty on the distance from the first weight, and on the prior.", gt=0)
    search_discount: float = Field(description="What the prior pays by the logarithm of the stretches searched.", ge=0)
    least_gain: float = Field(description="A test is weighed if it lowers the loss on sources left out by this.", gt=0)
    by_hand: dict[str, float] = Field(description="Tests whose weight is not fitted, with their weight.")
    measured_splits: list[str] = Field(description="Splits that nothing is fitted on; they are measured apart.")
    terms: dict[str, str] = Field(description="Source of clips to its licence or terms, for the card.")

    def check_terms(self, sources: Iterable[str]) -> None:
        """Raises ValueError that names the sources whose terms are missing."""
        missing = sorted(set(sources) - set(self.terms))
        if missing:
            raise ValueError(
                f"the terms of the sources {missing} are missing; add them to [terms] in the configuration"
            )


def load_video_fusion_settings(path: Path) -> VideoFusionSettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return VideoFusionSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
