"""A server of the Open Inference Protocol whose network takes no time: `python -m bench.open_inference.instant PORT`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from kit.log import configure
from kit.models.card import LoadedModel
from kit.models.registry import Registry
from kit.models.runtime import Tensor
from kit.models.settings import ModelSettings
from kit.rpc.health import Health
from kit.rpc.open_inference_service import open_inference_service
from kit.rpc.server import ServiceBinding, serve
from kit.serving.networks import Network

MODEL: Final = "face_spatial"
_MODELS: Final = Path(__file__).resolve().parents[2] / "models"


class Instant:
    """Answers what the network answers in shape, and computes nothing."""

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """(N,) and (N, 6, 6)."""
        rows = len(inputs["face"])
        return {"logit": np.zeros(rows, np.float32), "map": np.zeros((rows, 6, 6), np.float32)}


@dataclass(frozen=True)
class _Opened:
    by_name: Mapping[str, Network]


@dataclass(frozen=True)
class _Offer:
    models: list[LoadedModel]
    networks: _Opened


def model() -> LoadedModel:
    """The model whose tensors are sent."""
    return Registry(_MODELS).load(MODEL)


def binding(health: Health) -> ServiceBinding:
    """The protocol over the model's card and a network that takes no time."""
    loaded = model()
    lease = _lease(_Offer([loaded], _Opened({MODEL: Network(loaded, Instant())})))
    [made] = open_inference_service("bench", ModelSettings(open_inference=True), lease, health)
    return made


def _lease(offer: _Offer) -> Callable[[], AbstractContextManager[Any]]:
    return lambda: nullcontext(offer)


if __name__ == "__main__":
    health = Health()
    settings = ModelSettings(port=int(sys.argv[1]), log_level="ERROR")
    configure("bench", settings.log_level)
    serve(settings, [binding(health)], health=health)
