"""Puts the judge together, for the service's process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fusion_svc.catalogue import catalogues
from fusion_svc.judge import judge
from fusion_svc.model import KIND_NAMES, MODEL_NAME, FusionModel, read_fusion_model
from kit.models.basis import basis
from kit.models.card import LoadedModel
from kit.models.source import ModelSource
from kit.serving.bundle import Bundle
from kit.serving.networks import Networks
from telltale.common.v1 import media_pb2
from telltale.fusion.v1 import fusion_service_pb2, verdict_pb2


@dataclass(frozen=True)
class Judge:
    """Judges with one fusion model."""

    model: FusionModel
    models: Sequence[LoadedModel]

    @property
    def basis(self) -> str:
        """By what it answers."""
        return basis("fusion_svc", self.models)

    def warm_up(self) -> None:
        """Judges nothing, of every kind: what its catalogues or parameters lack must show before the first call."""
        catalogues()
        for kind in KIND_NAMES:
            judge([], media_pb2.MediaInfo(kind=kind, sha256="0" * 64), self.model, "en")

    def judge(self, request: fusion_service_pb2.FuseRequest) -> verdict_pb2.Verdict:
        """The verdict on the evidence of a request. Raises InvalidRequest."""
        return judge(request.evidence, request.media, self.model, request.language)


def build_bundle(models: ModelSource) -> Bundle[Judge]:
    """The judge that a set of models makes. Raises ModelInvalid."""
    loaded = models.load(MODEL_NAME)
    return Bundle(Judge(read_fusion_model(loaded), [loaded]), Networks())
