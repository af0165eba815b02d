"""ImageService over gRPC: convert, call, convert."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias

import grpc

from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.rpc.lanes import caller_of
from kit.rpc.server import ServiceBinding
from kit.rpc.uploads import receive
from kit.serving.bundle import Detector as AnyDetector
from kit.serving.desk import Desk, if_evidence
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2, image_service_pb2_grpc

Event: TypeAlias = "media_pb2.Progress | image_service_pb2.FaceTracks | evidence_pb2.Evidence"


class Detector(AnyDetector, Protocol):
    """Judges one picture or video."""

    def analyze(
        self, media: MediaFile, info: media_pb2.MediaInfo, depth: media_pb2.Depth.ValueType, cancel: CancelToken
    ) -> Iterator[Event]:
        """The faces first, then one piece of evidence per cue; a video sends its progress between."""
        ...


class ImageServicer(image_service_pb2_grpc.ImageServiceServicer):
    """Serves the detectors of all lanes."""

    def __init__(self, desk: Desk[Detector], max_bytes: int) -> None:
        self._desk = desk
        self._max_bytes = max_bytes

    def AnalyzeImage(
        self, request_iterator: Iterator[image_service_pb2.AnalyzeImageRequest], context: grpc.ServicerContext
    ) -> Iterator[image_service_pb2.AnalyzeImageResponse]:
        """Faces first, then each cue's evidence. Ends within a second of the caller's going away."""
        upload = receive(request_iterator, max_bytes=self._max_bytes)
        caller = caller_of(context)

        def ask(detector: Detector, media: MediaFile, cancel: CancelToken) -> Iterator[Event]:
            return detector.analyze(media, upload.info, upload.depth, cancel)

        with upload.media as media:
            for event in self._desk.about_medium(caller, media, ask, if_evidence):
                yield _response(event)


def _response(event: Event) -> image_service_pb2.AnalyzeImageResponse:
    if isinstance(event, image_service_pb2.FaceTracks):
        return image_service_pb2.AnalyzeImageResponse(tracks=event)
    if isinstance(event, media_pb2.Progress):
        return image_service_pb2.AnalyzeImageResponse(progress=event)
    return image_service_pb2.AnalyzeImageResponse(evidence=event)


def image_service(desk: Desk[Any], max_bytes: int) -> ServiceBinding:
    """The binding of `ImageService` for a server."""
    return ServiceBinding(
        descriptor=image_service_pb2.DESCRIPTOR.services_by_name["ImageService"],
        add=image_service_pb2_grpc.add_ImageServiceServicer_to_server,
        servicer=ImageServicer(desk, max_bytes),
    )
