"""TemporalService over gRPC: convert, call, convert."""

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
from telltale.image.v1 import image_service_pb2
from telltale.temporal.v1 import temporal_service_pb2, temporal_service_pb2_grpc

Event: TypeAlias = "media_pb2.Progress | evidence_pb2.Evidence"


class Detector(AnyDetector, Protocol):
    """Judges one video."""

    def analyze(
        self,
        media: MediaFile,
        info: media_pb2.MediaInfo,
        depth: media_pb2.Depth.ValueType,
        tracks: image_service_pb2.FaceTracks | None,
        cancel: CancelToken,
    ) -> Iterator[Event]:
        """Progress, then one piece of evidence per cue."""
        ...


class TemporalServicer(temporal_service_pb2_grpc.TemporalServiceServicer):
    """Serves the detectors of all lanes."""

    def __init__(self, desk: Desk[Detector], max_bytes: int) -> None:
        self._desk = desk
        self._max_bytes = max_bytes

    def AnalyzeVideo(
        self, request_iterator: Iterator[temporal_service_pb2.AnalyzeVideoRequest], context: grpc.ServicerContext
    ) -> Iterator[temporal_service_pb2.AnalyzeVideoResponse]:
        """Progress, then each cue's evidence. Ends within a second of the caller's going away."""
        upload = receive(request_iterator, max_bytes=self._max_bytes)
        caller = caller_of(context)

        def ask(detector: Detector, media: MediaFile, cancel: CancelToken) -> Iterator[Event]:
            return detector.analyze(media, upload.info, upload.depth, upload.tracks, cancel)

        with upload.media as media:
            for event in self._desk.about_medium(caller, media, ask, if_evidence):
                yield _response(event)


def _response(event: Event) -> temporal_service_pb2.AnalyzeVideoResponse:
    if isinstance(event, media_pb2.Progress):
        return temporal_service_pb2.AnalyzeVideoResponse(progress=event)
    return temporal_service_pb2.AnalyzeVideoResponse(evidence=event)


def temporal_service(desk: Desk[Any], max_bytes: int) -> ServiceBinding:
    """The binding of `TemporalService` for a server."""
    return ServiceBinding(
        descriptor=temporal_service_pb2.DESCRIPTOR.services_by_name["TemporalService"],
        add=temporal_service_pb2_grpc.add_TemporalServiceServicer_to_server,
        servicer=TemporalServicer(desk, max_bytes),
    )
