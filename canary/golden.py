"""Has both versions of a service, as they run, judge the same labelled files: what is judged is what will answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from canary.decide import Golden
from canary.envoy.endpoints import VERSIONS, Version
from fusion_svc.model import MODEL_NAME, FusionModel, read_fusion_model
from gateway.backends.av_sync import AvSyncBackend
from gateway.backends.fusion import FusionBackend
from gateway.backends.image import ImageBackend
from gateway.backends.metadata import MetadataBackend
from gateway.backends.temporal import TemporalBackend
from gateway.making.detect import Detector, Inquiry
from gateway.making.faces import ToCome
from kit.errors import InvalidRequest, TelltaleError
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.probe import probe
from kit.media.sandbox import Sandbox
from kit.models.source import ModelSource
from kit.rpc.channel import open_aio_channel
from promotion.golden import GoldenSet, Item
from promotion.judging.judge import Verdict, reading_of
from promotion.measurements import Reading
from promotion.statistics import Bools, auc
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import fusion_service_pb2

_BUDGET_S: Final = 120.0
_DETECTORS: Final[Mapping[str, type[Any]]] = {
    "image_svc": ImageBackend,
    "temporal_svc": TemporalBackend,
    "av_sync_svc": AvSyncBackend,
    "metadata_svc": MetadataBackend,
}
_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "image_svc": ("image", "video"),
    "temporal_svc": ("video",),
    "av_sync_svc": ("video", "audio"),
    "metadata_svc": ("image", "video", "audio"),
    "fusion_svc": ("image",),
}
# Whose evidence both versions of fusion are given.
_BEFORE_FUSION: Final = ("image_svc", "metadata_svc")


@dataclass(frozen=True)
class Answered:
    """What a version made of a file; `failure` says why it made nothing of it."""

    reading: Reading
    failure: str = ""


class GoldenJudge:
    """Asks both versions about every item of the set that the service takes.

    Attributes:
        addresses: host:port of both versions.
        others: host:port of all services, by package.
        models: where the fusion model is that makes one number of a detector's evidence.
    """

    def __init__(
        self,
        service: str,
        addresses: Mapping[Version, str],
        others: Mapping[str, str],
        golden: GoldenSet,
        models: ModelSource,
        sandbox: Sandbox,
    ) -> None:
        self._service = service
        self._addresses = addresses
        self._others = others
        self._golden = golden
        self._models = models
        self._sandbox = sandbox

    async def judge(self) -> Golden:
        """Both versions held against the labels and each other. Raises InvalidRequest: a file cannot be read as media."""
        items = [item for item in self._golden.items if item.kind in _KINDS[self._service]]
        async with AsyncExitStack() as stack:
            before = _BEFORE_FUSION if self._service == "fusion_svc" else ()
            witnesses = [await _opened(stack, _DETECTORS[name], self._others[name]) for name in before]
            judges = [await self._judge(stack, self._addresses[version], witnesses) for version in VERSIONS]
            answers = [await self._both(item, judges) for item in items]
        return golden_of(items, *([each[place] for each in answers] for place in range(len(VERSIONS))))

    async def _judge(self, stack: AsyncExitStack, address: str, witnesses: Sequence[Detector]) -> Judge:
        if self._service == "fusion_svc":
            return FusionJudge(await _opened(stack, FusionBackend, address), witnesses)
        detector = await _opened(stack, _DETECTORS[self._service], address)
        return DetectorJudge(detector, read_fusion_model(self._models.load(MODEL_NAME)))

    async def _both(self, item: Item, judges: Sequence[Judge]) -> Sequence[Answered]:
        content = await asyncio.to_thread(item.path.read_bytes)
        with MediaFile.from_bytes(content) as media:
            try:
                info = await asyncio.to_thread(probe, self._sandbox, media, MediaLimits(), None)
            except TelltaleError as error:
                raise InvalidRequest(f"{item.path} of the golden set cannot be read: {error.message}") from error
            return await asyncio.gather(*(_answered(judge, media, info) for judge in judges))


class Judge(Protocol):
    """One version of a service."""

    async def read(self, media: MediaFile, info: media_pb2.MediaInfo) -> Reading:
        """What it makes of a file. Raises TelltaleError."""
        ...


@dataclass(frozen=True)
class DetectorJudge:
    """The verdict over the evidence of a detector."""

    detector: Detector
    fusion: FusionModel

    async def read(self, media: MediaFile, info: media_pb2.MediaInfo) -> Reading:
        """Log-odds without the prior, and whether the label accuses. Raises TelltaleError."""
        return Verdict(self.fusion)(await _evidence(self.detector, media, info), info)


@dataclass(frozen=True)
class FusionJudge:
    """The verdict of a version of fusion over the evidence of others."""

    fusion: FusionBackend
    witnesses: Sequence[Detector]

    async def read(self, media: MediaFile, info: media_pb2.MediaInfo) -> Reading:
        """The same by the version itself. Raises TelltaleError."""
        heard = await asyncio.gather(*(_evidence(each, media, info) for each in self.witnesses))
        evidence = [entry for entries in heard for entry in entries]
        request = fusion_service_pb2.FuseRequest(media=info, evidence=evidence)
        return reading_of(await self.fusion.fuse(request, _BUDGET_S))


async def _opened(stack: AsyncExitStack, backend: type[Any], address: str) -> Any:
    return backend(await stack.enter_async_context(open_aio_channel(address)), address)


async def _evidence(detector: Detector, media: MediaFile, info: media_pb2.MediaInfo) -> Sequence[evidence_pb2.Evidence]:
    nobody: ToCome = asyncio.get_running_loop().create_future()
    nobody.set_result(None)
    inquiry = Inquiry(info, media, media_pb2.DEPTH_STANDARD, _BUDGET_S, nobody)
    return [event async for event in detector.examine(inquiry) if isinstance(event, evidence_pb2.Evidence)]


async def _answered(judge: Judge, media: MediaFile, info: media_pb2.MediaInfo) -> Answered:
    try:
        return Answered(await judge.read(media, info))
    except TelltaleError as error:
        return Answered(Reading(None, False, 0.0, "failed"), f"{error.reason_name()}: {error.message}")


def golden_of(items: Sequence[Item], stable: Sequence[Answered], canary: Sequence[Answered]) -> Golden:
    """The measures of both over the same items. A version that is silent says 0, which tells nothing."""
    fake = np.array([item.fake for item in items], np.bool_)
    alone = [
        f"{item.path.name}: {ours.failure}"
        for item, theirs, ours in zip(items, stable, canary, strict=True)
        if ours.failure and not theirs.failure
    ]
    otherwise = [
        a.reading.alarm != b.reading.alarm or (a.reading.llr is None) != (b.reading.llr is None)
        for a, b in zip(stable, canary, strict=True)
    ]
    return Golden(
        auc=(_auc(fake, stable), _auc(fake, canary)),
        false_positive_rate=(_accused(items, stable), _accused(items, canary)),
        disagreement=sum(otherwise) / max(1, len(items)),
        real=int((~fake).sum()),
        fake=int(fake.sum()),
        failure=alone[0] if alone else "",
    )


def _auc(fake: Bools, answers: Sequence[Answered]) -> float:
    return auc(fake, np.array([each.reading.llr or 0.0 for each in answers], np.float64))


def _accused(items: Sequence[Item], answers: Sequence[Answered]) -> float:
    real = [each.reading.alarm for item, each in zip(items, answers, strict=True) if not item.fake]
    return sum(real) / max(1, len(real))
