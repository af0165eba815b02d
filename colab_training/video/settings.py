"""A run of the video tests as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from colab_training.settings import TrainingSettings
from kit.vision.clips import CLIP_FRAMES, CLIP_RATE_FPS, CLIP_SCALE, CLIP_SIDE_PX
from telltale.model.v1 import card_pb2


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MakingSettings(_Strict):
    """What is made of each real file."""

    fakes: int = Field(description="Fakes, each of another kind.", ge=1, le=5)
    originals: int = Field(description="Re-encodings of the untouched clip.", ge=1)


class VideoSettings(_Strict):
    """One run. Networks have `training`; fitted tests have `strength`."""

    name: Literal["face_motion", "face_drift", "flow_consistency", "blending_flicker"]
    version: str
    seed: int
    min_face_px: int = Field(description="Smallest face, in pixels of its longer side, that the model may judge.", ge=1)
    making: MakingSettings
    folds: list[list[str]] = Field(
        description="Sources that are left out together: each fold is judged by a model that never saw it.",
        min_length=2,
    )
    training: TrainingSettings | None = None
    variants: int = Field(default=2, description="Augmented copies of every clip that a network learns from.", ge=1)
    strength: float | None = Field(default=None, description="Inverse strength of the ridge of a fitted test.", gt=0)

    def preprocessing(self) -> card_pb2.ClipPreprocessing:
        """The clips that the model was made for, as it goes into the card."""
        return card_pb2.ClipPreprocessing(
            frames=CLIP_FRAMES,
            rate_fps=CLIP_RATE_FPS,
            face_scale=CLIP_SCALE,
            side_px=CLIP_SIDE_PX,
            min_face_px=self.min_face_px,
        )


def load_video_settings(path: Path) -> VideoSettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return VideoSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
