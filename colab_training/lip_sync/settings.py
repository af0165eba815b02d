"""A run as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NetworkSettings(_Strict):
    """Size of the two networks."""

    components: int = Field(description="Principal components of the points of a mouth.", ge=1)
    channels: int = Field(ge=1)
    dimensions: int = Field(description="Numbers in an embedding.", ge=1)
    dropout: float = Field(ge=0, lt=1)


class LearningSettings(_Strict):
    """How they learn."""

    steps: int = Field(ge=1)
    clips_per_step: int = Field(ge=4)
    looks: list[int] = Field(description="Lengths of the stretches that are compared, in looks.", min_length=1)
    learning_rate: float = Field(gt=0)
    weight_decay: float = Field(ge=0)


class LipSyncSettings(_Strict):
    """One run."""

    name: str
    version: str
    seed: int
    min_face_px: int = Field(description="Smallest face, in pixels of its longer side, that may be judged.", ge=1)
    window_s: float = Field(description="Length of what is judged at a time.", gt=0)
    hop_s: float = Field(gt=0)
    min_s: float = Field(description="Least seconds of a mouth, and of speech, in a window.", gt=0)
    late_looks: dict[str, float] = Field(
        description="Sources to learn from, with the looks (40 ms) by which their sound comes late: recording chains differ by a "
        "few, and a network that is told otherwise learns a blur. Found by comparing each with models that never saw it."
    )
    folds: list[list[str]] = Field(description="Sources that are left out together.", min_length=2)
    network: NetworkSettings
    learning: LearningSettings


def load_lip_sync_settings(path: Path) -> LipSyncSettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return LipSyncSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
