"""Settings of every service that runs models: which ones, who may change them, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from kit.models.registry import Registry
from kit.models.source import Chosen
from kit.settings import ServerSettings

ChannelName = Literal["dev", "staging", "production"]
ModelControl = Literal["none", "explicit", "watch"]


class ModelSettings(ServerSettings):
    """Where models come from, and whether they may change while the service runs."""

    models: Path = Field(
        default=Path("models"), description="Folder of models, laid out as <name>/<version>/card.json."
    )
    model_versions: dict[str, str] = Field(
        default={},
        description='JSON object of versions by name, e.g. {"fusion": "4.0.0"}; the newest of every model not named.',
    )
    model_control: ModelControl = Field(
        default="none",
        description='"none": the models of the start stay; "explicit": ModelService changes them; "watch": they follow '
        "the channel of the registry.",
    )
    open_inference: bool = Field(
        default=False,
        description="Whether standard clients may run the networks by the Open Inference Protocol. Raw outputs help whoever "
        "wants to deceive a test: switch it on inside a cluster, with tls_client_names.",
    )
    registry: str | None = Field(
        default=None,
        description="Registry to take models from instead of the folder: a path, s3://BUCKET/… or gs://BUCKET/….",
    )
    channel: ChannelName | None = Field(default=None, description="Channel of the registry whose models are run.")
    trust: Path | None = Field(
        default=None, description="Folder of the public keys, <name>.pub.pem, whose models and pointers are believed."
    )
    model_cache: Path | None = Field(
        default=None, description="Folder for models from the registry; several services may share it."
    )
    model_cache_bytes: int = Field(
        default=4 * 2**30, ge=1, description="Most bytes of models in that folder; those in use always stay."
    )
    registry_poll_s: float = Field(
        default=30.0, gt=0, description='Seconds from one look at the channel to the next, with model_control "watch".'
    )
    max_lanes: int = Field(default=3, ge=1, description="Sets of models side by side, the main one among them.")
    tls_admin_names: tuple[str, ...] = Field(
        default=(),
        description="JSON list of names, one of which a caller's certificate must have (SAN) to change models. With "
        "tls_client_ca set and no name here nobody may.",
    )

    def unmet(self) -> list[str]:
        """What these settings require and do not have, a sentence each."""
        needed = ("registry", "channel", "trust", "model_cache") if self.model_control == "watch" else ()
        return [*super().unmet(), *self._missing('model_control "watch"', needed)]

    @property
    def chosen(self) -> Chosen:
        """The models of the folder that these settings choose."""
        return Chosen(Registry(self.models), self.model_versions)
