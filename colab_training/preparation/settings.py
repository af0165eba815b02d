"""One preparation run as a TOML file: what is fetched, what is thrown out, and how parts are made."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class QualitySettings(_Strict):
    """What a picture must have."""

    min_side_px: int = Field(description="Shorter side of the picture.", ge=1)
    min_face_px: int = Field(description="Longer side of the largest face's box.", ge=1)
    min_sharpness: float = Field(description="Variance of the Laplacian over that of the luminance, at 224 px.", ge=0)


class DuplicateSettings(_Strict):
    """When two pictures count as one; both must hold."""

    most_bits: int = Field(description="Most differing bits of the 256-bit difference hash.", ge=0, le=256)
    least_correlation: float = Field(description="Least correlation of 32 x 32 px thumbnails.", ge=-1, le=1)


class FrameSettings(_Strict):
    """Stills out of clips."""

    every: int = Field(description="Distance of two kept frames, in frames.", ge=1)
    most: int = Field(description="Most frames of one clip.", ge=1)


class Download(_Strict):
    """A file to fetch, and the digest without which it is not believed."""

    url: str = Field(description="https address.", pattern="^https://")
    sha256: str = Field(description="Hexadecimal SHA-256 of the file.", pattern="^[0-9a-f]{64}$")
    file: str = Field(description="Where it goes in the data folder.", pattern=r"^[\w-][\w.-]*(/[\w-][\w.-]*)*$")
    licence: str = Field(description="Licence or terms, for the cards.", min_length=1)


class PreparationSettings(_Strict):
    """One run."""

    val_share: float = Field(description="Share of groups held back where a manifest names no split.", gt=0, lt=1)
    quality: QualitySettings
    duplicates: DuplicateSettings
    frames: FrameSettings
    downloads: list[Download] = []


def load_settings(path: Path) -> PreparationSettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return PreparationSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
