"""The detectors of the services in this process, over given models: evidence of a file, as the gateway would have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from av_sync_svc.build import build_detector as build_av_sync
from av_sync_svc.detector import AvSyncDetector
from av_sync_svc.settings import AvSyncSettings
from image_svc.build import build_detectors as build_image
from image_svc.detectors import Detectors
from image_svc.settings import ImageSettings
from kit.errors import ModelInvalid
from kit.media import image, sound, video
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.sandbox import Sandbox
from kit.models.card import LoadedModel, load_model
from kit.models.source import ModelSource
from kit.settings import load
from metadata_svc.detector import MetadataDetector
from metadata_svc.detector import build_detector as build_metadata
from metadata_svc.features import WARM_UP
from metadata_svc.settings import MetadataSettings
from promotion.judging.wire import Service
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2
from temporal_svc.build import build_detector as build_temporal
from temporal_svc.detector import TemporalDetector
from temporal_svc.settings import TemporalSettings

PRELOAD: Final = (*image.PRELOAD, *video.PRELOAD, *sound.PRELOAD, WARM_UP)
"""What the sandbox must preload."""

Evidence = Sequence[evidence_pb2.Evidence]
_DEPTH: Final = media_pb2.DEPTH_STANDARD


@dataclass(frozen=True)
class Folders:
    """`ModelSource`: each model from the folder that is named for it."""

    folders: Mapping[str, str]

    def load(self, name: str) -> LoadedModel:
        """The checked model of that name. Raises ModelInvalid."""
        if name not in self.folders:
            raise ModelInvalid(f"there is no model {name} to stand beside the candidate; publish one, or give --models")
        return load_model(Path(self.folders[name]))


@dataclass(frozen=True)
class Examined:
    """Evidence of one service."""

    examine: Callable[[MediaFile, media_pb2.MediaInfo], Evidence]


@dataclass(frozen=True)
class Everything:
    """All four detectors, with the faces found once."""

    image: Detectors
    temporal: TemporalDetector
    av_sync: AvSyncDetector
    metadata: MetadataDetector

    def examine(self, media: MediaFile, info: media_pb2.MediaInfo) -> Evidence:
        """What fusion is given of a file. Raises what the detectors raise."""
        cancel, found = CancelToken(), list(self.metadata.examine(media, info).evidence)
        tracks = None
        if info.kind != media_pb2.MEDIA_KIND_AUDIO:
            for event in self.image.analyze(media, info, _DEPTH, cancel):
                if isinstance(event, image_service_pb2.FaceTracks):
                    tracks = event
                elif isinstance(event, evidence_pb2.Evidence):
                    found.append(event)
        if info.kind == media_pb2.MEDIA_KIND_VIDEO:
            found += _evidence(self.temporal.analyze(media, info, _DEPTH, tracks, cancel))
        if info.kind != media_pb2.MEDIA_KIND_IMAGE:
            found += _evidence(self.av_sync.analyze(media, info, _DEPTH, lambda: tracks, cancel))
        return found


def open_service(service: Service, sandbox: Sandbox, models: ModelSource) -> Examined:
    """A service's detector, warm. Raises ModelInvalid."""
    if service == "image":
        return _image(sandbox, models)
    if service == "temporal":
        return _temporal(sandbox, models)
    if service == "av_sync":
        return _av_sync(sandbox, models)
    if service == "metadata":
        metadata = build_metadata(load(MetadataSettings, complete=False), sandbox, models)
        return Examined(lambda media, info: metadata.examine(media, info).evidence)
    return Examined(_everything(sandbox, models).examine)


def _image(sandbox: Sandbox, models: ModelSource) -> Examined:
    detectors = build_image(load(ImageSettings, complete=False), sandbox, models)
    detectors.warm_up()
    return Examined(lambda media, info: _evidence(detectors.analyze(media, info, _DEPTH, CancelToken())))


def _temporal(sandbox: Sandbox, models: ModelSource) -> Examined:
    detector = build_temporal(load(TemporalSettings, complete=False), sandbox, models)
    detector.warm_up()
    return Examined(lambda media, info: _evidence(detector.analyze(media, info, _DEPTH, None, CancelToken())))


def _av_sync(sandbox: Sandbox, models: ModelSource) -> Examined:
    detector = build_av_sync(load(AvSyncSettings, complete=False), sandbox, models)
    detector.warm_up()
    # Nobody tells it the faces, so it finds them itself.
    return Examined(lambda media, info: _evidence(detector.analyze(media, info, _DEPTH, lambda: None, CancelToken())))


def _everything(sandbox: Sandbox, models: ModelSource) -> Everything:
    return Everything(
        build_image(load(ImageSettings, complete=False), sandbox, models),
        build_temporal(load(TemporalSettings, complete=False), sandbox, models),
        build_av_sync(load(AvSyncSettings, complete=False), sandbox, models),
        build_metadata(load(MetadataSettings, complete=False), sandbox, models),
    )


def _evidence(events: Iterable[object]) -> list[evidence_pb2.Evidence]:
    return [event for event in events if isinstance(event, evidence_pb2.Evidence)]
