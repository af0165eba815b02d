"""The work as what a service of ours offers: one model with one network, which takes JPEG files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.serving.ours.network import JPEG, Decode, JpegCrew
from bench.serving.work import INPUT, OUTPUT, SIDE_PX
from kit.batching.batcher import Batcher
from kit.batching.cores import Cores
from kit.batching.crew import Crew
from kit.models.card import LoadedModel, describe_artefact
from kit.models.onnx import open_network
from kit.serving.networks import Network
from telltale.model.v1 import card_pb2

_NAME, _VERSION = "work", "1.0.0"
_PROBABILITY = card_pb2.TensorSignature(name=OUTPUT, dtype="float32", shape=[-1])


@dataclass(frozen=True)
class WorkOffer:
    """One network, under one name."""

    network: Network

    @property
    def models(self) -> Sequence[LoadedModel]:
        """All of them."""
        return [self.network.model]

    @property
    def networks(self) -> WorkOffer:
        """Those that are networks."""
        return self

    @property
    def by_name(self) -> Mapping[str, Network]:
        """Each by the name of its model."""
        return {_NAME: self.network}


def offer(network: Path, decode: Decode, cores: Cores, rows: int) -> WorkOffer:
    """The network as services open theirs, behind the decoder. Raises ModelInvalid."""
    pixels = card_pb2.TensorSignature(name=INPUT, dtype="float32", shape=[-1, 3, SIDE_PX, SIDE_PX])
    files = card_pb2.TensorSignature(name=JPEG, dtype="object", shape=[1], axes=["file"])
    model = _model(network, pixels)
    narrow, wide = (open_network(model, network.name, intra_op_threads=threads) for threads in (1, cores.count))
    session = Batcher(JpegCrew(decode, Crew(narrow, wide)), cores, max_rows=rows)
    return WorkOffer(Network(_model(network, files), session))


def _model(network: Path, takes: card_pb2.TensorSignature) -> LoadedModel:
    artefact = describe_artefact(network, card_pb2.ARTEFACT_FORMAT_ONNX)
    card = card_pb2.ModelCard(
        name=_NAME, version=_VERSION, artefacts=[artefact], inputs=[takes], outputs=[_PROBABILITY]
    )
    return LoadedModel(card, "", network.parent)
