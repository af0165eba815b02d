"""How networks are made small, and what a variant must prove, as one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProofSettings(_Strict):
    """Against its original, on data that neither has learned from; ends of 95% intervals of paired differences."""

    least_auc_difference: float = Field(description="The lower end must lie above it.", le=0)
    most_ece_difference: float = Field(description="The upper end must lie below it.", ge=0)
    least_speed: float = Field(
        description="Runs of the variant in the time of one of the original: the lower end.", ge=1
    )
    least_saved_ms: float = Field(description="Milliseconds that a run must save to be worth a second version.", ge=0)


class VariantSettings(_Strict):
    """One variant."""

    of: str = Field(description="Version of the original.")
    version: str = Field(description="Version of the variant.")
    examples: int = Field(description="Items of part fit that the ranges of activations are taken from.", ge=1)
    operators: list[str] = Field(description="ONNX operators that are computed in int8.", min_length=1)
    keep_float: list[str] = Field(
        default=[], description="Regular expressions: convolutions whose weights' names hold one of them stay float."
    )
    reduce_range: bool = Field(description="Weights of 7 bits, with which sums do not saturate on CPUs without VNNI.")


class QuantiseSettings(_Strict):
    """All variants."""

    seed: int
    proof: ProofSettings
    models: dict[str, VariantSettings]


def load_quantise_settings(path: Path) -> QuantiseSettings:
    """Reads a TOML file. Raises pydantic.ValidationError listing every wrong or unknown line."""
    return QuantiseSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
