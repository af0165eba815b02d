"""MetadataService over gRPC: convert, call, convert."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import grpc

from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.rpc.lanes import caller_of
from kit.rpc.server import ServiceBinding
from kit.rpc.uploads import receive
from kit.serving.bundle import Detector as AnyDetector
from kit.serving.desk import Desk
from metadata_svc.detector import Examination
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.metadata.v1 import metadata_service_pb2, metadata_service_pb2_grpc


class Examiner(AnyDetector, Protocol):
    """What the servicer needs of a detector."""

    def examine(self, media: MediaFile, info: media_pb2.MediaInfo, timeout_s: float | None = None) -> Examination:
        """Evidence and facts of one file."""
        ...


class MetadataServicer(metadata_service_pb2_grpc.MetadataServiceServicer):
    """Serves the detectors of all lanes."""

    def __init__(self, desk: Desk[Examiner], max_bytes: int) -> None:
        self._desk = desk
        self._max_bytes = max_bytes

    def AnalyzeMetadata(
        self, request_iterator: Iterator[metadata_service_pb2.AnalyzeMetadataRequest], context: grpc.ServicerContext
    ) -> metadata_service_pb2.AnalyzeMetadataResponse:
        """Reads one file. Errors: DIGEST_MISMATCH, DECODER_STOPPED, OVERLOADED."""
        upload = receive(request_iterator, max_bytes=self._max_bytes)
        timeout_s = context.time_remaining()

        def ask(detector: Examiner, media: MediaFile, _cancel: CancelToken) -> list[Examination]:
            return [detector.examine(media, upload.info, timeout_s)]

        with upload.media as media:
            (examination,) = self._desk.about_medium(caller_of(context), media, ask, _evidence_in)
        return metadata_service_pb2.AnalyzeMetadataResponse(evidence=examination.evidence, facts=examination.facts)


def _evidence_in(examination: Examination) -> Sequence[evidence_pb2.Evidence]:
    return examination.evidence


def metadata_service(desk: Desk[Any], max_bytes: int) -> ServiceBinding:
    """The binding of `MetadataService` for a server."""
    return ServiceBinding(
        descriptor=metadata_service_pb2.DESCRIPTOR.services_by_name["MetadataService"],
        add=metadata_service_pb2_grpc.add_MetadataServiceServicer_to_server,
        servicer=MetadataServicer(desk, max_bytes),
    )
