"""A training run of the face finder as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PictureSettings(_Strict):
    """The composed pictures that the network learns from."""

    count: int = Field(description="Pictures made for learning.", ge=8)
    watch_count: int = Field(description="Pictures made to watch the learning by, from the calibration part.", ge=4)
    side_px: int = Field(description="Side of the square pictures, a multiple of 32.", multiple_of=32)
    scene_share: float = Field(description="Share of scenes with faces pasted in.", ge=0, le=1)
    whole_share: float = Field(description="Share of face photos as they are, shrunk or cut tight.", ge=0, le=1)
    smallest_face_px: float = Field(description="Smallest pasted face, longer side of its box.", gt=4)
    largest_face_share: float = Field(
        description="Largest pasted face, as a share of the picture's shorter side.", gt=0, le=1
    )
    photo_share: float = Field(
        description="Share of grounds that are parts of photos; half of the rest is painted.", ge=0, le=1
    )
    covered_share: float = Field(
        description="Share of pieces without a face that are portraits with it covered.", ge=0, le=1
    )
    faces_per_scene: int = Field(description="Most faces pasted into one scene.", ge=1)
    distractors_per_scene: int = Field(
        description="Most pieces of other pictures, without a face, pasted into one.", ge=0
    )

    @model_validator(mode="after")
    def _shares_leave_room(self) -> Self:
        if self.scene_share + self.whole_share > 1:
            raise ValueError(
                "scene_share and whole_share are more than 1 together; the rest are pictures without faces"
            )
        return self


class NetworkSettings(_Strict):
    """The network: a shipped architecture of ultralytics at a width of our own."""

    architecture: str = Field(description="YAML file that ships with ultralytics, a pose head.")
    depth: float = Field(description="Share of the architecture's repeated blocks.", gt=0, le=1)
    width: float = Field(description="Share of the architecture's channels.", gt=0, le=1)
    box_steps: int = Field(
        description="Steps that a box's edge may be away from its cell; the farthest is one less.", ge=2
    )


class FitSettings(_Strict):
    """The optimiser's side of a run (AdamW, cosine schedule)."""

    epochs: int = Field(description="Epochs in all.", ge=1)
    batch: int = Field(description="Pictures a step.", ge=1)
    side_px: int = Field(description="Side that pictures are learned at, a multiple of 32.", multiple_of=32)
    learning_rate: float = Field(description="Peak of the schedule.", gt=0)
    weight_decay: float = Field(description="Weight decay.", ge=0)
    warmup_epochs: float = Field(description="Epochs from zero to the peak.", ge=0)
    mixed_precision: bool = Field(description="bfloat16 in the forward pass, on the CPU as well.")
    threads: int = Field(description="CPU threads of torch.", ge=1)
    workers: int = Field(description="Processes that read pictures; 0 for none.", ge=0)


class ServingSettings(_Strict):
    """How pictures are shown to the network in service."""

    sides_px: list[int] = Field(description="Sides of the tensor: first look, second look.", min_length=1)
    picture_share: float = Field(description="Share of the tensor's side that the picture takes.", gt=0, le=1)


class FinderSettings(_Strict):
    """One run."""

    name: str
    version: str
    seed: int
    most_false_faces: float = Field(
        description="False faces a picture without people, at most, that set the threshold.", gt=0
    )
    portraits: int = Field(description="Most face photos used of each part; 0 for all.", ge=0)
    measured: int = Field(description="Most face photos measured by, of each part.", ge=1)
    pictures: PictureSettings
    network: NetworkSettings
    fit: FitSettings
    serving: ServingSettings


def load_settings(path: Path) -> FinderSettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return FinderSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
