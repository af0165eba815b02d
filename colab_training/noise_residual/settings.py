"""A run of `noise_residual` as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from colab_training.equalise import Equalisation
from colab_training.noise_residual.network import CELL_PX
from colab_training.settings import TrainingSettings


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WindowSettings(_Strict):
    """Window and network."""

    scale: float = Field(description="Side of the window as a multiple of the face box's longer side.", gt=0, le=4)
    max_side_px: int = Field(description="Longest side of a window; larger ones are scaled down.", multiple_of=CELL_PX)
    min_face_px: int = Field(description="Smallest face, in pixels of its longer side, that the model may judge.")
    dropout: float = Field(description="Share of features dropped before the last layers.", ge=0, lt=1)
    picture_stream: bool = Field(
        description="Look at the picture too, by pretrained layers, and not at residuals alone."
    )


class ViewSettings(_Strict):
    """One kind of batch: pictures of like size, cut to tiles of one size."""

    tile_px: int = Field(description="Side of the tiles.", multiple_of=CELL_PX)
    share: int = Field(description="Batches of this kind in each round of batches.", ge=1)
    min_face_px: int = Field(description="Pictures are scaled so that the face's longer side is at least this.")
    max_face_px: int = Field(description="And at most this.")
    native_share: float = Field(
        description="Share of pictures left at their own size, if that lies in between.", ge=0, le=1
    )
    made: float = Field(description="Share of the fake half that is spliced on the fly.", ge=0, le=1)
    whole_face: float = Field(description="Share of these splices that replace the face, not a part of it.", ge=0, le=1)
    real: dict[str, float] = Field(description="Source to share of the real half.")
    fake: dict[str, float] = Field(description="Source to share of the recorded fakes; empty: none.")
    donors: dict[str, float] = Field(description="Source to share of the pictures that parts are taken from.")


class LossSettings(_Strict):
    """What is weighed against what."""

    cells: float = Field(description="Weight of the map's loss; that of the picture's is 1.", ge=0)
    manipulated_cells: float = Field(description="How much more a manipulated cell counts than an authentic one.", ge=1)


class NoiseSettings(_Strict):
    """One run. A source that is in no share is left out altogether."""

    name: str
    version: str
    seed: int
    window: WindowSettings
    training: TrainingSettings
    loss: LossSettings
    degradation: Equalisation
    views: list[ViewSettings] = Field(min_length=1)

    @property
    def taught(self) -> set[str]:
        """Names of all sources that the run learns from."""
        return {name for view in self.views for shares in (view.real, view.fake, view.donors) for name in shares}


def load_noise_settings(path: Path) -> NoiseSettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return NoiseSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
