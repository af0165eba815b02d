"""A training run as one TOML file: the whole of what decides how a model comes out, besides data and code."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from colab_training.equalise import Equalisation


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NetworkSettings(_Strict):
    """Shape of the input and of the network."""

    side_px: int = Field(description="Side of the input tensor, a multiple of 32.", multiple_of=32)
    crop_scale: float = Field(description="Side of the crop as a multiple of the face box's longer side.", gt=0, le=4)
    min_face_px: int = Field(description="Smallest face, in pixels of its longer side, that the model may judge.")
    dropout: float = Field(description="Share of features dropped before the last layer.", ge=0, lt=1)


class TrainingSettings(_Strict):
    """The optimiser's side of a run."""

    epochs: int = Field(description="Epochs in all.", ge=1)
    samples_per_epoch: int = Field(description="Pictures an epoch, half real and half fake.", ge=2)
    batch: int = Field(description="Pictures a step.", ge=2)
    early_epochs: int = Field(description="Epochs at the smaller size, at the start.", ge=0)
    early_side_px: int = Field(description="Side of the input in the early epochs.", multiple_of=32)
    learning_rate: float = Field(description="Peak of the one-cycle schedule (AdamW).", gt=0)
    weight_decay: float = Field(description="Weight decay (AdamW).", ge=0)
    warmup_steps: int = Field(description="Steps from zero to the peak; cosine to zero follows.", ge=0)
    label_smoothing: float = Field(description="Share of doubt in every label.", ge=0, lt=0.5)
    average_decay: float = Field(description="Decay of the moving average of the weights, which is what is exported.")
    mixed_precision: bool = Field(description="bfloat16 in the forward pass, on a GPU.")
    processes: int = Field(description="Processes that share each batch; 1 where there is a GPU.", ge=1)
    threads: int = Field(description="CPU threads of torch in each process.", ge=1)
    workers: int = Field(description="Helpers of each process that prepare pictures; 0 for none.", ge=0)


class JitterSettings(_Strict):
    """How far a training crop is off the face finder's box."""

    shift: float = Field(description="Largest shift, as a share of the box's side.", ge=0)
    scale: float = Field(description="Largest change of the side, as a share of it.", ge=0, lt=1)


class ShareSettings(_Strict):
    """Who is seen how often."""

    blend: float = Field(description="Share of the fake half that is blended on the fly.", ge=0, le=1)
    real: dict[str, float] = Field(description="Source to share of the real half.")
    fake: dict[str, float] = Field(description="Source to share of the recorded fakes.")


class StartSettings(_Strict):
    """An exported model whose weights a run goes on from, instead of from ImageNet's."""

    model: Path = Field(description="Its ONNX file.")
    part: Literal["network", "partner"] = Field(default="network", description="Which of its two networks.")
    kept: float = Field(
        default=0.0, description="Share of its weights in what is shipped; the rest are the new ones.", ge=0, lt=1
    )


class PartnerSettings(_Strict):
    """What a second network, trained in the same way, does differently. Its mean with the first one is shipped."""

    seed: int
    epochs: int = Field(description="Epochs in all.", ge=1)
    early_epochs: int = Field(description="Epochs at the smaller size, at the start.", ge=0)
    erase_share: float = Field(description="Share of pictures with a part erased.", ge=0, le=1)
    shares: ShareSettings
    start: StartSettings | None = Field(
        default=None, description="What it goes on from; not given, ImageNet's weights."
    )


class RunSettings(_Strict):
    """One run."""

    name: str
    version: str
    seed: int
    network: NetworkSettings
    training: TrainingSettings
    jitter: JitterSettings
    equalisation: Equalisation
    shares: ShareSettings
    start: StartSettings | None = None
    partner: PartnerSettings | None = None
    equalise_first: dict[str, int] = Field(
        default={}, description="Source to side in pixels: both classes of it are made alike before anything else."
    )


def partner_of(settings: RunSettings, partner: PartnerSettings) -> RunSettings:
    """The run of the second network."""
    schedule = {"epochs": partner.epochs, "early_epochs": partner.early_epochs}
    return settings.model_copy(
        update={
            "seed": partner.seed,
            "training": settings.training.model_copy(update=schedule),
            "equalisation": replace(settings.equalisation, erase_share=partner.erase_share),
            "shares": partner.shares,
            "start": partner.start,
            "partner": None,
        }
    )


def load_settings(path: Path) -> RunSettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return RunSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
