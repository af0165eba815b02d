"""Requests of the Open Inference Protocol, and models that answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from inference import open_inference_service_pb2 as oip

from kit.batching.wish import Wish, current_wish
from kit.convert.tensors import datatype, to_contents, to_raw
from kit.models.card import LoadedModel
from kit.models.runtime import Session, Tensor
from kit.serving.networks import Network
from telltale.model.v1 import card_pb2

FACE = np.arange(2 * 3 * 4 * 4, dtype=np.float32).reshape(2, 3, 4, 4)


class Doubling:
    """A network that answers twice its input and its sum, and remembers the wishes that it was run with."""

    def __init__(self) -> None:
        self.wishes: list[Wish] = []

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """(N, 3, 4, 4) twice, (N,) of sums."""
        self.wishes.append(current_wish())
        [face] = inputs.values()
        with np.errstate(over="ignore", invalid="ignore"):
            return {"twice": face * 2, "sum": face.sum(axis=(1, 2, 3))}


@dataclass(frozen=True)
class Opened:
    """Networks that are open."""

    by_name: Mapping[str, Network]


@dataclass(frozen=True)
class Offer:
    """A set of models."""

    models: Sequence[LoadedModel]
    networks: Opened


class Shelf:
    """Models that can be exchanged: "doubling" is a network, "rules" is none."""

    def __init__(self, session: Session, version: str = "1.0.0") -> None:
        self.put(session, version)

    def put(self, session: Session, version: str) -> None:
        """From now on this is what runs."""
        model, rules = (
            a_model("doubling", version),
            LoadedModel(card_pb2.ModelCard(name="rules", version="2.0.0"), "", Path()),
        )
        self._offer = Offer([model, rules], Opened({"doubling": Network(model, session)}))

    def lease(self) -> AbstractContextManager[Offer]:
        """What runs now."""
        return nullcontext(self._offer)


def a_signature(name: str, *shape: int, axes: Sequence[str] = (), dtype: str = "float32") -> card_pb2.TensorSignature:
    """A tensor of a card."""
    return card_pb2.TensorSignature(name=name, dtype=dtype, shape=shape, axes=axes)


def a_model(name: str = "doubling", version: str = "1.0.0") -> LoadedModel:
    """The model of `Doubling`."""
    face = a_signature("face", -1, 3, 4, 4, axes=["batch", "colour", "height", "width"])
    outputs = [a_signature("twice", -1, 3, 4, 4), a_signature("sum", -1)]
    return LoadedModel(
        card_pb2.ModelCard(name=name, version=version, inputs=[face], outputs=outputs), "ab" * 32, Path()
    )


def a_request(
    tensor: Tensor = FACE, *, typed: bool = False, name: str = "face", **fields: object
) -> oip.ModelInferRequest:
    """One input for "doubling", as raw bytes or as a typed list."""
    entry = oip.ModelInferRequest.InferInputTensor(name=name, datatype=datatype(tensor.dtype), shape=tensor.shape)
    request = oip.ModelInferRequest(**{"model_name": "doubling", "inputs": [entry], **fields})  # type: ignore[arg-type]
    if typed:
        request.inputs[0].contents.CopyFrom(to_contents(tensor))
    else:
        request.raw_input_contents.append(to_raw(tensor))
    return request
