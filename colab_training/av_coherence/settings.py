"""A fit of `av_coherence` as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from telltale.model.v1 import card_pb2


class MakingSettings(BaseModel):
    """What is made of each recording."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    edits: int = Field(description="Edited stretches.", ge=1)
    originals: int = Field(description="Untouched stretches.", ge=0)
    ways: list[str] = Field(description="What may happen to both afterwards, see items.WAYS; twice is twice as often.")
    damaged_before: float = Field(description="Share of stretches that went a random way before the edit.", ge=0, le=1)


class CoherenceSettings(BaseModel):
    """One fit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    seed: int
    strength: float = Field(description="Inverse of the weight penalty of the logistic regression.", gt=0)
    window_s: float = Field(description="Seconds of sound that one opinion is about.", gt=0)
    hop_s: float = Field(description="Seconds from one opinion to the next.", gt=0)
    min_s: float = Field(description="Least seconds of sound for any opinion.", gt=0)
    fit: MakingSettings
    calibrate: MakingSettings
    test: MakingSettings

    def preprocessing(self) -> card_pb2.SoundPreprocessing:
        """The sound that the model was made for, as it goes into the card."""
        return card_pb2.SoundPreprocessing(
            sample_rate_hz=16000, window_s=self.window_s, hop_s=self.hop_s, min_s=self.min_s
        )


def load_coherence_settings(path: Path) -> CoherenceSettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return CoherenceSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
