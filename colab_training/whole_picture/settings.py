"""A run of `whole_picture` as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from colab_training.equalise import Equalisation
from colab_training.settings import TrainingSettings


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PatchSettings(_Strict):
    """What the network looks at."""

    side_px: int = Field(description="Side of a patch.", multiple_of=16)
    count: int = Field(description="Most patches a picture.", ge=1, le=64)
    colours: bool = Field(description="Shows the network the colours beside their residuals.")


class MakerSettings(_Strict):
    """The small autoencoders that make fakes of real pictures."""

    each: int = Field(description="Autoencoders of every kind and depth.", ge=1)
    width: int = Field(description="Channels inside an autoencoder.", ge=4)
    steps: int = Field(description="Steps that each is trained for.", ge=1)
    batch: int = Field(description="Pictures a step.", ge=1)
    side_px: int = Field(description="Side of the pictures that it learns on.", multiple_of=8)
    learning_rate: float = Field(description="Its learning rate (Adam).", gt=0)


class ShareSettings(_Strict):
    """Who is seen how often."""

    made: float = Field(description="Share of the fake half that is made from real pictures.", ge=0, le=1)
    processed: float = Field(
        description="Share of the pictures that went through ordinary processing before.", ge=0, le=1
    )
    real: dict[str, float] = Field(description="Source to share of the real half, and of what fakes are made from.")
    fake: dict[str, float] = Field(description="Source to share of the recorded fakes.")


class ComparisonSettings(_Strict):
    """The same run on other sources, to see what it loses on those that it leaves out."""

    name: str = Field(description="What is left out; it stands in the card.", pattern="^[a-z0-9_ ]+$")
    epochs: int = Field(description="Epochs in all.", ge=1)
    shares: ShareSettings


class WholePictureSettings(_Strict):
    """One run."""

    name: str
    version: str
    seed: int
    discount: float = Field(
        description="What is left of a calibrated log-likelihood ratio: no source here shows what it is worth elsewhere.",
        gt=0,
        le=1,
    )
    most_of_a_source: int = Field(description="Most pictures of a source and class to learn from.", ge=1)
    patches: PatchSettings
    training: TrainingSettings
    makers: MakerSettings
    delivery: Equalisation
    shares: ShareSettings
    comparisons: list[ComparisonSettings] = Field(default=[], description="Measured, but not shipped.")

    def compared(self, comparison: ComparisonSettings) -> WholePictureSettings:
        """The settings of a comparison's run."""
        training = self.training.model_copy(update={"epochs": comparison.epochs})
        return self.model_copy(update={"training": training, "shares": comparison.shares})


def load_settings(path: Path) -> WholePictureSettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return WholePictureSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
