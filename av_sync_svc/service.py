"""AvSyncService over gRPC: convert, call, convert."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeAlias

import grpc

from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.rpc.lanes import caller_of
from kit.rpc.server import ServiceBinding
from kit.rpc.uploads import OpenUpload, receive_open
from kit.serving.bundle import Detector as AnyDetector
from kit.serving.desk import Desk, if_evidence
from telltale.av_sync.v1 import av_sync_service_pb2, av_sync_service_pb2_grpc, sound_pb2
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2

Event: TypeAlias = "media_pb2.Progress | sound_pb2.Soundtrack | sound_pb2.LipSyncCurve | evidence_pb2.Evidence"
Response = av_sync_service_pb2.AnalyzeSoundResponse


class Detector(AnyDetector, Protocol):
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
    """Serves the detectors of all lanes."""

    def __init__(self, desk: Desk[Detector], max_bytes: int) -> None:
        self._desk = desk
        self._max_bytes = max_bytes

    def AnalyzeSound(
        self, request_iterator: Iterator[av_sync_service_pb2.AnalyzeSoundRequest], context: grpc.ServicerContext
    ) -> Iterator[Response]:
        """Begins with the last byte; waits for the tracks only then. Ends within a second of the caller's going away."""
        upload = receive_open(request_iterator, max_bytes=self._max_bytes)
        caller = caller_of(context)
        faces = _Faces(upload)

        def ask(detector: Detector, media: MediaFile, cancel: CancelToken) -> Iterator[Event]:
            return detector.analyze(media, upload.info, upload.depth, faces.wait, cancel)

        def again(detector: Detector, media: MediaFile, cancel: CancelToken) -> Iterator[Event]:
            return detector.analyze(media, upload.info, upload.depth, faces.told, cancel)

        with upload.media as media:
            for event in self._desk.about_medium(caller, media, ask, if_evidence, again):
                yield _response(event)


class _Faces:
    """The late tracks of an upload, for who asks while its call lasts and for who asks when it is over."""

    def __init__(self, upload: OpenUpload) -> None:
        self._upload = upload
        self._tracks: image_service_pb2.FaceTracks | None = None

    def wait(self) -> image_service_pb2.FaceTracks | None:
        """Waits for the caller to tell them. To be asked once."""
        self._tracks = self._upload.late_tracks()
        return self._tracks

    def told(self) -> image_service_pb2.FaceTracks | None:
        """What the caller has told; None: nothing, or nobody had to know."""
        return self._tracks


def _response(event: Event) -> Response:
    if isinstance(event, media_pb2.Progress):
        return Response(progress=event)
    if isinstance(event, sound_pb2.Soundtrack):
        return Response(soundtrack=event)
    if isinstance(event, sound_pb2.LipSyncCurve):
        return Response(lip_sync=event)
    return Response(evidence=event)


def av_sync_service(desk: Desk[Any], max_bytes: int) -> ServiceBinding:
    """The binding of `AvSyncService` for a server."""
    return ServiceBinding(
        descriptor=av_sync_service_pb2.DESCRIPTOR.services_by_name["AvSyncService"],
        add=av_sync_service_pb2_grpc.add_AvSyncServiceServicer_to_server,
        servicer=AvSyncServicer(desk, max_bytes),
    )
