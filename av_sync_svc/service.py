"""AvSyncService over gRPC: convert, call, convert."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

import grpc

from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.rpc.server import ServiceBinding
from kit.rpc.uploads import receive_open
from telltale.av_sync.v1 import av_sync_service_pb2, av_sync_service_pb2_grpc, sound_pb2
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2

Event: TypeAlias = "media_pb2.Progress | sound_pb2.Soundtrack | sound_pb2.LipSyncCurve | evidence_pb2.Evidence"
Response = av_sync_service_pb2.AnalyzeSoundResponse


class Detector(Protocol):
    """Judges the sound of one recording or video."""

    def analyze(
        self,
        media: MediaFile,
        info: media_pb2.MediaInfo,
        depth: media_pb2.Depth.ValueType,
        late_tracks: Callable[[], image_service_pb2.FaceTracks | None],
        cancel: CancelToken,
    ) -> Iterator[Event]:
        """Progress, what there is to hear, one piece of evidence per cue; `late_tracks` waits until the faces are known."""
        ...


class AvSyncServicer(av_sync_service_pb2_grpc.AvSyncServiceServicer):
    """Serves one detector."""

    def __init__(self, detector: Detector, max_bytes: int) -> None:
        self._detector = detector
        self._max_bytes = max_bytes

    def AnalyzeSound(
        self, request_iterator: Iterator[av_sync_service_pb2.AnalyzeSoundRequest], context: grpc.ServicerContext
    ) -> Iterator[Response]:
        """Begins with the last byte; waits for the tracks only then. Ends within a second of the caller's going away."""
        cancel = CancelToken()
        upload = receive_open(request_iterator, max_bytes=self._max_bytes)
        if not context.add_callback(cancel.cancel):
            cancel.cancel()
        with upload.media as media:
            for event in self._detector.analyze(media, upload.info, upload.depth, upload.late_tracks, cancel):
                yield _response(event)


def _response(event: Event) -> Response:
    if isinstance(event, media_pb2.Progress):
        return Response(progress=event)
    if isinstance(event, sound_pb2.Soundtrack):
        return Response(soundtrack=event)
    if isinstance(event, sound_pb2.LipSyncCurve):
        return Response(lip_sync=event)
    return Response(evidence=event)


def av_sync_service(detector: Detector, max_bytes: int) -> ServiceBinding:
    """The binding of `AvSyncService` for a server."""
    return ServiceBinding(
        descriptor=av_sync_service_pb2.DESCRIPTOR.services_by_name["AvSyncService"],
        add=av_sync_service_pb2_grpc.add_AvSyncServiceServicer_to_server,
        servicer=AvSyncServicer(detector, max_bytes),
    )
